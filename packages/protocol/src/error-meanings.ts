/** What each error code says, for people who read the documentation. Not part of what the page loads. */
import type { ErrorCode } from './error-codes.ts';

export const ERROR_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  INVALID_REQUEST: 'The request is not as it should be. `details.issues` lists each fault as `{path, message}`.',
  CONTEXT_LENGTH_EXCEEDED: 'The conversation is longer than the model can read.',
  UNAUTHORIZED: 'It is not known who asks.',
  FORBIDDEN: 'Who asks may not: another site, or an address LightChat does not answer to.',
  NOT_FOUND: 'There is no such thing, or it is somebody else’s.',
  PROVIDER_NOT_FOUND: 'The settings have no provider of this id.',
  MODEL_NOT_FOUND: 'The provider does not have this model.',
  METHOD_NOT_ALLOWED: 'The address exists and cannot be asked like that. The header `Allow` says how it can.',
  CONFLICT: 'It does not fit what is there now: an answer is still being written, or a cursor is ahead of its run.',
  PRECONDITION_FAILED: 'It was changed since you read it (`If-Match`). Nothing was written.',
  PAYLOAD_TOO_LARGE: 'The body is larger than 10 MB.',
  UNSUPPORTED_MEDIA_TYPE: 'Changes are sent as `application/json`.',
  RANGE_NOT_SATISFIABLE: 'The part of a file that was asked for lies behind its end.',
  IDEMPOTENCY_KEY_REUSED: 'This key came before with another body. Nothing was started.',
  RATE_LIMITED: 'Too much at once, for us or for the provider. `Retry-After` says when to come back.',
  INTERNAL: 'A fault of LightChat. The log has the details, under the `x-request-id` of the answer.',
  PROVIDER_UNREACHABLE: 'Nothing answers at the provider’s address. The message names it and the remedy.',
  PROVIDER_ERROR: 'The provider answered with an error, or with something that is no answer.',
  PROVIDER_UNAUTHORIZED: 'The provider refused the key of the settings.',
  STREAM_INTERRUPTED: 'The provider’s answer ended without its end. What had come is kept.',
  PROVIDER_TIMEOUT: 'The provider took too long to begin, or to go on.',
  SHUTTING_DOWN: 'The server lets the last answers finish before it stops.',
  STORAGE_BUSY: 'Another program holds the database. Nothing was lost; try again.',
  STORAGE_FULL: 'The disk is full or refuses writes. What was shown is kept.',
};
