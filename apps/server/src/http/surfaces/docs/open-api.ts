/** The OpenAPI 3.1 document, made of what the surfaces say about themselves. */
import { ERROR_CODES, type ErrorCode, errorBodySchema } from '@lightchat/protocol';
import type { z } from 'zod';
import type { Answer, Operation, SurfaceDescription } from '../../kit/operation.ts';
import { curlOf } from './curl.ts';
import type { JsonSchema } from './json-schema.ts';
import { createSchemaBook, type SchemaBook } from './schema-book.ts';

export interface OpenApi {
  openapi: '3.1.1';
  info: {
    title: string;
    version: string;
    summary: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, JsonSchema>; headers: Record<string, Header> };
}

export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, ResponseObject>;
  'x-codeSamples': { lang: string; label: string; source: string }[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: JsonSchema;
}

export interface ResponseObject {
  description: string;
  headers?: Record<string, Header | { $ref: string }>;
  content?: Record<string, MediaType>;
}

interface Header {
  description: string;
  schema: JsonSchema;
}

interface MediaType {
  schema?: JsonSchema;
  example?: unknown;
  /** Of a stream: what the `data` of each event is, by the event's name; `message` are the unnamed ones. */
  'x-events'?: Record<string, { description: string; data: JsonSchema }>;
}

const DESCRIPTION = `LightChat's own API, and the ones of other programs that it speaks. The server listens on this machine only.

Every answer has an \`x-request-id\`. Changes are sent as \`application/json\`. A browser page of another origin may call only when the settings list its origin under \`cors_origins\`.`;

export function describeApi(surfaces: readonly SurfaceDescription[], version: string): OpenApi {
  const named = Object.assign({}, ...surfaces.map(({ schemas }) => schemas)) as Record<string, z.ZodType>;
  const book = createSchemaBook(named);
  const paths: OpenApi['paths'] = {};
  for (const surface of surfaces) {
    for (const operation of surface.operations) {
      const path = templateOf(operation.path);
      paths[path] ??= {};
      paths[path][operation.method.toLowerCase()] = describeOperation(surface, operation, book);
    }
  }
  const { document, schemas } = book.finish(paths);
  return {
    openapi: '3.1.1',
    info: {
      title: 'LightChat',
      version,
      summary: 'Chat with the models you run yourself or bring a key for.',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: surfaces.map(({ name, about }) => ({ name, description: about })),
    paths: document,
    components: { schemas, headers: HEADERS },
  };
}

function describeOperation(surface: SurfaceDescription, operation: Operation, book: SchemaBook): OperationObject {
  const { id, summary, about, body, bodyOptional = false, example } = operation;
  const parameters = parametersOf(operation, book);
  const content = body && {
    'application/json': {
      schema: book.write(body, 'input'),
      ...(example?.body === undefined ? {} : { example: example.body }),
    },
  };
  return {
    operationId: id,
    tags: [surface.name],
    summary,
    ...(about ? { description: about } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(content ? { requestBody: { required: !bodyOptional, content } } : {}),
    responses: { ...answersOf(operation, book), ...errorsOf(operation, surface.error, book) },
    'x-codeSamples': [{ lang: 'Shell', label: 'curl', source: curlOf(operation) }],
  };
}

/** `/runs/:id` as OpenAPI writes it. What a route takes with slashes and all (`*`) is an id. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}').replace('*', '{id}');
}

function parametersOf({ path, params, query, headers }: Operation, book: SchemaBook): Parameter[] {
  const inPath = [...templateOf(path).matchAll(/\{(\w+)\}/g)].map(
    ([, name = '']): Parameter => ({
      name,
      in: 'path',
      required: true,
      ...(params?.[name] ? { description: params[name] } : {}),
      schema: { type: 'string', minLength: 1, maxLength: 256 },
    }),
  );
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, field]): Parameter => {
    const { description, ...schema } = book.write(field as z.ZodType, 'input');
    const required = !(field as z.ZodType).safeParse(undefined).success;
    return { name, in: 'query', required, ...(description ? { description } : {}), schema };
  });
  const inHeaders = Object.entries(headers ?? {}).map(
    ([name, description]): Parameter => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
    }),
  );
  return [...inPath, ...inQuery, ...inHeaders];
}

function answersOf({ answers }: Operation, book: SchemaBook): Record<string, ResponseObject> {
  const described = Object.entries(answers).map(([status, answer]) => {
    const content = contentOf(answer, book);
    const more = Object.entries(answer.headers ?? {}).map(
      ([name, description]) => [name, { description, schema: { type: 'string' } }] as const,
    );
    const headers = { ...REQUEST_ID, ...Object.fromEntries(more) };
    return [status, { description: answer.about, headers, ...(content ? { content } : {}) }] as const;
  });
  return Object.fromEntries(described);
}

function contentOf({ json, events, media }: Answer, book: SchemaBook): ResponseObject['content'] {
  const content: Record<string, MediaType> = {};
  if (json) content['application/json'] = { schema: book.write(json, 'output') };
  if (media) content[media] = { schema: { type: 'string' } };
  if (events) {
    const forms = Object.entries(events).map(
      ([name, { about, data }]) => [name, { description: about, data: book.write(data, 'output') }] as const,
    );
    content['text/event-stream'] = { schema: { type: 'string' }, 'x-events': Object.fromEntries(forms) };
  }
  return Object.keys(content).length > 0 ? content : undefined;
}

/** By status, each with the codes it can have. */
function errorsOf(
  operation: Operation,
  shape: z.ZodType | undefined,
  book: SchemaBook,
): Record<string, ResponseObject> {
  const codes = new Set<ErrorCode>([...commonErrors(operation), ...(operation.errors ?? [])]);
  const byStatus = Map.groupBy([...codes], (code) => ERROR_CODES[code].status);
  const described = [...byStatus]
    .filter(([status]) => !operation.answers[status])
    .sort(([a], [b]) => a - b)
    .map(([status, these]) => {
      const schema: JsonSchema = shape
        ? book.write(shape, 'output')
        : {
            allOf: [book.write(errorBodySchema, 'output')],
            properties: { error_code: { enum: these } },
          };
      const headers = { ...REQUEST_ID, ...(MAY_COME_BACK.has(status) ? RETRY_AFTER : {}) };
      const content = { 'application/json': { schema } };
      return [String(status), { description: these.join(', '), headers, content }] as const;
    });
  return Object.fromEntries(described);
}

/** What the guard, the parser and the unforeseen answer, whatever the route. */
function commonErrors({ method, body }: Operation): ErrorCode[] {
  const common: ErrorCode[] = ['INVALID_REQUEST', 'FORBIDDEN', 'INTERNAL'];
  if (method !== 'GET') common.push('UNSUPPORTED_MEDIA_TYPE');
  if (body) common.push('PAYLOAD_TOO_LARGE');
  return common;
}

const MAY_COME_BACK = new Set([429, 503]);
const REQUEST_ID = { 'x-request-id': { $ref: '#/components/headers/RequestId' } };
const RETRY_AFTER = { 'retry-after': { $ref: '#/components/headers/RetryAfter' } };
const HEADERS: Record<string, Header> = {
  RequestId: { description: 'Names this answer in the log.', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds after which to try again.', schema: { type: 'string', pattern: '^[0-9]+$' } },
};
