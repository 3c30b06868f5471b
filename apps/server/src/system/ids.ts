import { createHash, randomBytes } from 'node:crypto';
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

function random(): string {
  let text = '';
  for (const byte of randomBytes(16)) text += ALPHABET[byte % 32];
  return text;
}
