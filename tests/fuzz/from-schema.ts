/** Values for a JSON Schema: mostly what it asks for, sometimes a little off, sometimes far off. */
import { between, oneOf, type Random } from '../seeded/random.ts';

/** As much of JSON Schema as the API's document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  minLength?: number;
  pattern?: string;
}

export interface Making {
  random: Random;
  /** Looks up a `$ref`. */
  resolve(reference: string): Schema;
  /** Values for fields of this name, where what the schema asks for would reach out of the test or mean nothing. */
  known: Record<string, (random: Random) => unknown>;
  /** How often something is off, 0 to 1. */
  wildness: number;
}

// biome-ignore format: a list to read in one glance
const TEXTS: readonly [string, ...string[]] = [
  '', ' ', 'x', 'Hello', 'ünï 😀 世界', '../../etc/passwd', '%2e%2e%2f', '\u0000', '\ud83d', '\n{"fake":1}', '__proto__',
  'constructor', '$' + '{CANARY_KEY}', '<script>alert(1)</script>', "'; DROP TABLE runs; --", 'a'.repeat(300), '-1', 'null',
  '1e9', '٣', '\u202e', 'x:y:z', 'run_x:0', '*', '"', '\\', '9'.repeat(40),
];
const NUMBERS: readonly [number, ...number[]] = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e-9,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 53,
  200,
  201,
  1000,
];
/** Optional by the schema because something else may stand for them, but nothing begins without. */
const NEEDED = new Set(['prompt', 'message', 'messages', 'input']);
const DEEPEST = 6;

export function valueFor(schema: Schema | boolean, making: Making, name = '', depth = 0): unknown {
  const { random, wildness } = making;
  // `true` takes everything; `false` nothing, so whatever is there is off.
  if (typeof schema === 'boolean' || random() < wildness / 4) return anything(random, depth);
  const known = making.known[name];
  if (known) return known(random);
  if (schema.$ref !== undefined) return valueFor(making.resolve(schema.$ref), making, name, depth + 1);
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[Math.floor(random() * schema.enum.length)];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return valueFor(choices[Math.floor(random() * choices.length)] ?? {}, making, name, depth);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((each) => valueFor(each, making, name, depth)));
  switch (Array.isArray(schema.type) ? schema.type[Math.floor(random() * schema.type.length)] : schema.type) {
    case 'object':
      return objectFor(schema, making, depth);
    case 'array': {
      const length = depth > DEEPEST ? 0 : between(random, 0, 3);
      return Array.from({ length }, () => valueFor(schema.items ?? {}, making, name, depth + 1));
    }
    case 'string':
      return textFor(schema, making);
    case 'integer':
      return Math.round(numberFor(schema, making));
    case 'number':
      return numberFor(schema, making);
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    default:
      return anything(random, depth);
  }
}

function objectFor(schema: Schema, making: Making, depth: number): Record<string, unknown> {
  const { random, wildness } = making;
  const object: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) ?? false;
    const isThere = isRequired || NEEDED.has(name) ? random() > wildness / 8 : depth < DEEPEST && random() < 0.4;
    if (isThere) object[name] = valueFor(property, making, name, depth + 1);
  }
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object' && depth < DEEPEST && random() < 0.5) {
    object[oneOf(random, TEXTS)] = valueFor(additionalProperties, making, '', depth + 1);
  }
  if (random() < wildness / 8) object[oneOf(random, TEXTS)] = anything(random, depth);
  return object;
}

function textFor({ minLength = 0, pattern }: Schema, { random, wildness }: Making): string {
  if (pattern?.startsWith('^data:image')) return 'data:image/png;base64,iVBORw0KGgo=';
  const text = oneOf(random, TEXTS);
  return text.length < minLength && random() > wildness / 4 ? 'x'.repeat(minLength) : text;
}

function numberFor(schema: Schema, { random, wildness }: Making): number {
  const { exclusiveMinimum = -1e6, minimum = exclusiveMinimum + 1, maximum = 1e6 } = schema;
  if (random() < wildness / 2) return oneOf(random, NUMBERS);
  return Math.min(minimum + random() * Math.min(1000, maximum - minimum), maximum);
}

/** Any JSON value. */
function anything(random: Random, depth: number): unknown {
  switch (between(random, 0, depth > DEEPEST ? 3 : 6)) {
    case 0:
      return null;
    case 1:
      return oneOf(random, NUMBERS);
    case 2:
      return random() < 0.5;
    case 3:
      return oneOf(random, TEXTS);
    case 4:
      return Array.from({ length: between(random, 0, 4) }, () => anything(random, depth + 1));
    case 5:
      return JSON.parse(`{"__proto__":{"polluted":true},"x":${JSON.stringify(oneOf(random, TEXTS))}}`) as unknown;
    default:
      return Object.fromEntries([[oneOf(random, TEXTS), anything(random, depth + 1)]]);
  }
}

export function text(random: Random): string {
  return oneOf(random, TEXTS);
}
