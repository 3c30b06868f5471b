import * as z from 'zod';

/**
 * Every error LightChat answers with, in one table. Programs branch on the code; people read the message.
 * `status` is the HTTP status when the error is the whole answer; inside a stream only the code travels.
 */
export const ERROR_CODES = {
  INVALID_REQUEST: { status: 400 },
  UNAUTHORIZED: { status: 401 },
  FORBIDDEN: { status: 403 },
  NOT_FOUND: { status: 404 },
  PROVIDER_NOT_FOUND: { status: 404 },
  MODEL_NOT_FOUND: { status: 404 },
  /** There is something at this address, and it cannot be asked like that; the header `Allow` says how it can. */
  METHOD_NOT_ALLOWED: { status: 405 },
  CONFLICT: { status: 409 },
  PRECONDITION_FAILED: { status: 412 },
  PAYLOAD_TOO_LARGE: { status: 413 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  /** The part of a file that was asked for lies behind its end. */
  RANGE_NOT_SATISFIABLE: { status: 416 },
  /** An idempotency key came back with another body. */
  IDEMPOTENCY_KEY_REUSED: { status: 422 },
  RATE_LIMITED: { status: 429 },
  INTERNAL: { status: 500 },
  /** The provider cannot be reached at all: refused, no such host, TLS failure. */
  PROVIDER_UNREACHABLE: { status: 502 },
  /** The provider answered, with an error or with something that is not an answer. */
  PROVIDER_ERROR: { status: 502 },
  /** The provider refused the key. */
  PROVIDER_UNAUTHORIZED: { status: 502 },
  /** The provider ended the stream without saying that the answer is finished. */
  STREAM_INTERRUPTED: { status: 502 },
  PROVIDER_TIMEOUT: { status: 504 },
  CONTEXT_LENGTH_EXCEEDED: { status: 400 },
  /** The server is draining before it stops. */
  SHUTTING_DOWN: { status: 503 },
  /** The database is locked by another program for longer than the server can wait. */
  STORAGE_BUSY: { status: 503 },
  STORAGE_FULL: { status: 507 },
} as const satisfies Record<string, { status: number }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export const errorCodeSchema = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]);

/** The error object of every route but `/v1`, and of the `error` event of a stream. */
export const errorBodySchema = z.object({
  error_code: errorCodeSchema,
  /** For people: the cause, and the remedy where there is one. Never a secret, never markup. */
  message: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
});

export type ErrorBody = z.infer<typeof errorBodySchema>;

/**
 * The one error class. It is recognised by `isAppError`, not by `instanceof`,
 * so that it survives bundling the code twice.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  toBody(): ErrorBody {
    return { error_code: this.code, message: this.message, details: this.details };
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error;
}
