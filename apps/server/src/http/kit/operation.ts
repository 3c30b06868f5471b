/**
 * How a surface describes its routes, in `operations.ts` beside its `routes.ts`. Loaded only when someone asks for
 * /openapi.json or /docs; tests compare it with the routes that the app has.
 */
import type { ErrorCode } from '@lightchat/protocol';
import type { z } from 'zod';

export interface SurfaceDescription {
  name: string;
  /** For whom it is, in a sentence or two. */
  about: string;
  operations: readonly Operation[];
  /** Schemas of this surface that deserve a name of their own in the document, beside those of the protocol. */
  schemas?: Readonly<Record<string, z.ZodType>>;
  /** What its errors look like, where that is not the common error object. */
  error?: z.ZodType;
}

export interface Operation {
  /** Unique; generated clients name their functions after it. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As the router has it: `/runs/:id`. */
  path: string;
  summary: string;
  about?: string;
  /** What each parameter of the path is. */
  params?: Readonly<Record<string, string>>;
  query?: z.ZodObject;
  /** Request headers by lower-case name, each with what it does. All are optional. */
  headers?: Readonly<Record<string, string>>;
  /** The same schema that the route validates with. */
  body?: z.ZodType;
  bodyOptional?: boolean;
  /** By status. Failures stand in `errors`. */
  answers: Readonly<Record<number, Answer>>;
  /** Beside those that any request can get (see open-api.ts). */
  errors?: readonly ErrorCode[];
  /** For the curl line of /docs. */
  example?: { path?: string; body?: unknown };
}

export interface Answer {
  about: string;
  json?: z.ZodType;
  /** Server-sent events by name; `message` are the unnamed ones. */
  events?: Readonly<Record<string, EventForm>>;
  /** A document that is neither: its media type. */
  media?: string;
  /** Response headers by lower-case name. */
  headers?: Readonly<Record<string, string>>;
}

export interface EventForm {
  about: string;
  data: z.ZodType;
}

export const IDEMPOTENCY_KEY = {
  'idempotency-key':
    'The same key with the same body gives the same run, however often it is sent. 1 to 255 characters; the body field `idempotency_key` wins.',
} as const;

export const LAST_EVENT_ID = {
  'last-event-id': 'The `id` of the last event received, `<run id>:<index>`: the answer is everything after it.',
} as const;

/** The answer to whoever has seen everything. */
export const NOTHING_LEFT: Answer = {
  about: 'The run has ended and nothing is left to send. EventSource stops reconnecting.',
};

/** What starting a run may fail with. The provider's are before the run only when a model must be looked up first. */
export const START_ERRORS = [
  'NOT_FOUND',
  'PROVIDER_NOT_FOUND',
  'MODEL_NOT_FOUND',
  'CONFLICT',
  'IDEMPOTENCY_KEY_REUSED',
  'RATE_LIMITED',
  'PROVIDER_UNREACHABLE',
  'PROVIDER_UNAUTHORIZED',
  'PROVIDER_ERROR',
  'PROVIDER_TIMEOUT',
  'SHUTTING_DOWN',
  'STORAGE_BUSY',
  'STORAGE_FULL',
] as const satisfies readonly ErrorCode[];
