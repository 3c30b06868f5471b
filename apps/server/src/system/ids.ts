import { createHash, randomFillSync } from 'node:crypto';
import type { Ids } from '../engine/ports.ts';

/** 48 bits of milliseconds, then 80 random bits, as in ULID (https://github.com/ulid/spec), in lower-case base 32. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

export const systemIds: Ids = {
  create: (prefix) => `${prefix}_${time(Date.now())}${random()}`,
  digest: (text) => createHash('sha256').update(text).digest('base64url'),
};

function time(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (let place = 0; place < 10; place += 1) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

const RANDOM_CHARACTERS = 16;
/** Asking the system for randomness costs as much for a page of it as for one id. */
const pool = new Uint8Array(RANDOM_CHARACTERS * 128);
let used = pool.length;

function random(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = '';
  for (const end = used + RANDOM_CHARACTERS; used < end; used += 1) text += ALPHABET[(pool[used] ?? 0) % 32];
  return text;
}
