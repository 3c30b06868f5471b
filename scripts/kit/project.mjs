/** Where things are. Everything in scripts/ runs on Node 20 with nothing installed. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import './end-with-npm.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const inRoot = (...parts) => join(root, ...parts);

/** A line for the person at the terminal. stdout belongs to what the command is for. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** What went wrong in words that need no stack. */
export class Refusal extends Error {
  name = 'Refusal';
}

/** Runs a command's main function and turns its failure into a message and an exit code. */
export async function command(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    say(error instanceof Refusal ? error.message : error.stack);
    process.exitCode = 1;
  }
}
