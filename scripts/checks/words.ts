/** Fails on words in tracked files that say where they were written instead of what LightChat is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, trackedFiles } from './tracked-files.ts';
import { findWords } from './words/find-words.ts';

const own = /^scripts\/checks\/words\//;
const binary = /\.(png|jpe?g|gif|ico|icns|woff2?|gguf|wasm)$/;
const looked = trackedFiles().filter((path) => !own.test(path) && !binary.test(path));
const found = looked.flatMap((path) =>
  findWords(readFileSync(join(root, path), 'utf8')).map(({ line, why, text }) => `${path}:${line} ${why}: ${text}`),
);
for (const one of found) console.error(one);
console.log(found.length > 0 ? `${found.length} places` : `${looked.length} files`);
process.exitCode = found.length > 0 || looked.length === 0 ? 1 : 0;
