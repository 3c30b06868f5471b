import type { Issue } from './fault.ts';

// Generous for people, tight for bombs. Checked before anything expensive looks at a document.
export const MAX_BYTES = 1_048_576;
export const MAX_DEPTH = 32;
export const MAX_VALUES = 10_000;

/** Keys that reach an object's prototype, and YAML's merge key. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', '<<']);

/** The first reason why `value` (parsed JSON) is no plain, small document; undefined when it is one. Stops early. */
export function outOfBounds(value: unknown): Issue | undefined {
  const open: { value: unknown; path: (string | number)[] }[] = [{ value, path: [] }];
  let values = 0;
  let characters = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path } = next;
    if (path.length > MAX_DEPTH) return { path: path.slice(0, 4), message: `nested deeper than ${MAX_DEPTH} levels` };
    if (++values > MAX_VALUES) return { path: [], message: `holds more than ${MAX_VALUES} values` };
    if (typeof next.value === 'string') characters += next.value.length;
    if (typeof next.value === 'object' && next.value !== null) {
      const list = Array.isArray(next.value);
      // for-in and the early return keep this cheap for an object of a million keys.
      for (const key in next.value) {
        if (!Object.hasOwn(next.value, key)) continue;
        if (!list && FORBIDDEN_KEYS.has(key)) return { path: [...path, key], message: 'this key is not allowed' };
        if (!list) characters += key.length;
        if (open.length > MAX_VALUES) return { path: [], message: `holds more than ${MAX_VALUES} values` };
        open.push({
          value: (next.value as Record<string, unknown>)[key],
          path: [...path, list ? Number(key) : key],
        });
      }
    }
    if (characters > MAX_BYTES) return { path: [], message: `larger than ${MAX_BYTES} bytes` };
  }
  return undefined;
}
