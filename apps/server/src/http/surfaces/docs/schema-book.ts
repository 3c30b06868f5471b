/**
 * The zod schemas that validate, as JSON Schema. What has a name is written once and referred to. What is sent and what
 * is answered may differ (defaults may be left out of one and are always in the other): then the one that is sent
 * is called `…Input`.
 */
import * as protocol from '@lightchat/protocol';
import * as z from 'zod';
import type { JsonSchema } from './json-schema.ts';

type Direction = 'input' | 'output';

export interface SchemaBook {
  /** The schema, with references to named ones that only `finish` makes final. */
  write(schema: z.ZodType, direction: Direction): JsonSchema;
  /** `document` with final references, and the named schemas it needs. */
  finish<T>(document: T): { document: T; schemas: Record<string, JsonSchema> };
}

export function createSchemaBook(named: Readonly<Record<string, z.ZodType>>): SchemaBook {
  for (const [id, schema] of Object.entries({ ...protocolSchemas(), ...named })) {
    z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
  }
  const known = { input: new Map<string, JsonSchema>(), output: new Map<string, JsonSchema>() };

  return {
    write(schema, direction) {
      const {
        $schema: _,
        $defs,
        ...root
      } = z.toJSONSchema(schema, {
        io: direction,
        unrepresentable: 'any',
        override: ({ jsonSchema }) => simplify(jsonSchema as JsonSchema),
      }) as JsonSchema & { $schema?: string };
      for (const [name, definition] of Object.entries($defs ?? {})) {
        known[direction].set(
          name,
          redirect(definition, (to) => `#/${direction}/${to}`),
        );
      }
      return redirect(root, (to) => `#/${direction}/${to}`);
    },

    finish(document) {
      const different = differing(known.input, known.output);
      const nameOf = (reference: string) => {
        const [direction = '', name = ''] = reference.split('/');
        return direction === 'input' && different.has(name) ? `${name}Input` : name;
      };
      const final = <V>(value: V) => redirect(value, (to) => `#/components/schemas/${nameOf(to)}`);
      const all = new Map<string, JsonSchema>();
      for (const direction of ['input', 'output'] as const) {
        for (const [name, schema] of known[direction]) all.set(nameOf(`${direction}/${name}`), final(schema));
      }
      const finished = final(document);
      const needed = new Set<string>();
      const need = (value: unknown): void => {
        for (const name of referencesIn(value)) {
          if (needed.has(name)) continue;
          needed.add(name);
          need(all.get(name));
        }
      };
      need(finished);
      const sorted = [...needed].sort().map((name) => [name, all.get(name) ?? {}] as const);
      return { document: finished, schemas: Object.fromEntries(sorted) };
    },
  };
}

/** `chatRequestSchema` is called ChatRequest. */
function protocolSchemas(): Record<string, z.ZodType> {
  const found = Object.entries(protocol).flatMap(([name, value]) => {
    if (!name.endsWith('Schema') || !(value instanceof z.ZodType)) return [];
    return [[name.charAt(0).toUpperCase() + name.slice(1, -'Schema'.length), value] as const];
  });
  return Object.fromEntries(found);
}

/** Leaves out what only says how zod checks. An answer may get more fields: clients must not be told otherwise. */
function simplify(schema: JsonSchema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  delete schema.propertyNames;
}

/** The names whose two forms differ, or refer to a name whose forms do. */
function differing(input: Map<string, JsonSchema>, output: Map<string, JsonSchema>): Set<string> {
  const plain = (schema: JsonSchema | undefined) => JSON.stringify(redirect(schema, (to) => to.split('/')[1] ?? to));
  const both = [...input.keys()].filter((name) => output.has(name));
  const different = new Set(both.filter((name) => plain(input.get(name)) !== plain(output.get(name))));
  for (let before = -1; before !== different.size; ) {
    before = different.size;
    for (const name of both) {
      if (referencesIn(input.get(name)).some((other) => different.has(other))) different.add(name);
    }
  }
  return different;
}

/** A copy in which every `$ref` (`#/$defs/Name`, `#/input/Name`) is what `to` makes of its last parts. */
function redirect<T>(value: T, to: (reference: string) => string): T {
  if (Array.isArray(value)) return value.map((item) => redirect(item, to)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    if (key !== '$ref' || typeof inner !== 'string') return [key, redirect(inner, to)];
    return [key, to(inner.replace(/^#\/(\$defs\/)?/, ''))];
  });
  return Object.fromEntries(entries) as T;
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner.slice(inner.lastIndexOf('/') + 1)] : referencesIn(inner),
  );
}
