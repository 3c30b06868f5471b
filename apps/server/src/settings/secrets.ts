// What counts as a secret in a settings document, and how it is shown and taken back.
import { MASKED_SECRET } from '@lightchat/protocol';

const SECRET_KEY = /(?:key|token|secret|password|passwd|authorization|credentials?|cookie|bearer)$/i;
const REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

/** By name, so that a misspelled or newer key is covered too. Masking too much is harmless: it comes back unchanged. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** A copy with every secret masked. `${NAME}` is shown as it is: it names a secret and holds none. */
export function maskSecrets<T>(value: T, inSecret?: boolean): T;
export function maskSecrets(value: unknown, inSecret = false): unknown {
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, inSecret));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, maskSecrets(item, inSecret || isSecretKey(key))]),
    );
  }
  return inSecret && isMaskable(value) ? MASKED_SECRET : value;
}

/** The literal secrets in a document. */
export function secretsIn(value: unknown, inSecret = false): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, inSecret));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => secretsIn(item, inSecret || isSecretKey(key)));
  }
  return inSecret && isMaskable(value) ? [String(value)] : [];
}

function isMaskable(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && !REFERENCE.test(value));
}
