/** Requests for every operation of `GET /openapi.json`, drawn from a seed. */
import { between, oneOf, type Random } from '../seeded/random.ts';
import { type Making, type Schema, text, valueFor } from './from-schema.ts';

export interface Operation {
  method: string;
  /** With `{names}`. */
  path: string;
  parameters: { name: string; in: string; schema: Schema }[];
  body: Schema | undefined;
}

export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

interface OpenApi {
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema> };
}

interface OperationObject {
  parameters?: { name: string; in: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

export async function readOperations(
  url: string,
): Promise<{ operations: [Operation, ...Operation[]]; resolve: Making['resolve'] }> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { parameters = [], requestBody }]): Operation => ({
        method: method.toUpperCase(),
        path,
        parameters: parameters.map(({ name, in: place, schema = {} }) => ({ name, in: place, schema })),
        body: requestBody?.content['application/json']?.schema,
      }),
    ),
  );
  const [first, ...rest] = operations;
  if (!first) throw new Error('the document describes no operation');
  const resolve = (reference: string) => document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
  return { operations: [first, ...rest], resolve };
}

/** `ids`: what earlier answers called things. */
export function requestFor(operation: Operation, making: Making, ids: readonly string[]): FuzzRequest {
  const { random } = making;
  const headers: Record<string, string> = {};
  const query = new URLSearchParams();
  let path = operation.path;
  for (const { name, in: place, schema } of operation.parameters) {
    if (place === 'path')
      path = path.replace(
        `{${name}}`,
        encodeURIComponent(idFor(random, ids, kindOf(operation.path, name)).toWellFormed()),
      );
    else if (random() < 0.6) {
      const value = plain(valueFor(schema, making, name));
      if (place === 'query') query.append(name, value);
      else headers[name] = headerText(value);
    }
  }
  if (random() < 0.15)
    headers['last-event-id'] = headerText(`${idFor(random, ids, 'run_')}:${between(random, -1, 30)}`);
  if (random() < 0.1) query.append(text(random), text(random));
  const isWrite = operation.method !== 'GET';
  if (isWrite) headers['content-type'] = 'application/json';
  const search = query.size > 0 ? `?${query}` : '';
  return {
    method: operation.method,
    path: path + search,
    headers,
    body: isWrite ? bodyFor(operation, making) : undefined,
  };
}

function bodyFor({ body }: Operation, making: Making): string | undefined {
  const { random } = making;
  const chance = random();
  if (chance < 0.04) return undefined;
  if (chance < 0.1)
    return oneOf(random, ['{', '[', '"', 'nul', '{"a":1,"a":2}', '\u0000', '1e999', '[]', 'null', '{}{}']);
  return JSON.stringify(valueFor(body ?? {}, making));
}

function kindOf(path: string, name: string): string {
  if (name === 'message_id') return 'msg_';
  return path.startsWith('/runs') ? 'run_' : path.startsWith('/api/chat') ? 'conv_' : '';
}

/** Mostly of the right kind, if there is one. */
function idFor(random: Random, ids: readonly string[], kind: string): string {
  const fitting = random() < 0.8 ? ids.filter((id) => id.startsWith(kind)) : ids;
  return (random() < 0.9 ? fitting[Math.floor(random() * fitting.length)] : undefined) ?? (text(random) || 'x');
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** What a client can send at all. */
function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '').trim();
}
