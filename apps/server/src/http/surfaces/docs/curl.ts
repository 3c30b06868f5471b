import type { Operation } from '../../kit/operation.ts';

/** Where `npm start` listens. */
export const ORIGIN = 'http://127.0.0.1:8000';

/** A line for a terminal. Parameters of the path that have no example stand in capitals as shell variables. */
export function curlOf({ method, path, body, answers, example }: Operation): string {
  const isStream = Object.values(answers).some(({ events }) => events);
  const address = ORIGIN + (example?.path ?? path.replace(/:(\w+)/g, (_, name: string) => `$${name.toUpperCase()}`));
  const words = ['curl'];
  if (isStream) words.push('-N');
  if (method !== 'GET' && !(method === 'POST' && example?.body !== undefined)) words.push(`-X ${method}`);
  words.push(/[?&]/.test(address) ? `'${address}'` : address);
  if (!body || example?.body === undefined) return words.join(' ');
  const data = JSON.stringify(example.body).replaceAll("'", `'\\''`);
  return `${words.join(' ')} \\\n  -H 'content-type: application/json' \\\n  -d '${data}'`;
}
