import { AppError } from '@lightchat/protocol';
import { hasMoreThan, isDeeperThan } from '@lightchat/protocol/json-depth';
import type { z } from 'zod';

/** Deep enough for any JSON schema; what is deeper could exhaust the stack of whoever writes it out again. */
const LEVELS = 64;
/** Reading a million small values takes seconds, in which nobody else is served. A long conversation has thousands. */
export const MOST_VALUES = 200_000;

/** `body` as the schema reads it. Throws INVALID_REQUEST that names the one place at fault, inside unions too. */
export function readRequest<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  if (hasMoreThan(body, MOST_VALUES)) throw invalidRequest('', `The request holds more than ${MOST_VALUES} values.`);
  if (isDeeperThan(body, LEVELS)) throw invalidRequest('', `The request is nested deeper than ${LEVELS} levels.`);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { path, message } = deepest(result.error.issues);
  const where = path.map(String).join('.');
  throw invalidRequest(where, where ? `Invalid value for '${where}': ${message}.` : `Invalid request: ${message}.`);
}

/** `path`: dotted, as in `messages.0.content`. */
export function invalidRequest(path: string, message: string): AppError {
  return new AppError('INVALID_REQUEST', message, { details: { issues: [{ path, message }] } });
}

interface Fault {
  path: PropertyKey[];
  message: string;
}

/** The first fault; of a union, the one of the branch that got furthest. */
function deepest(issues: readonly z.core.$ZodIssue[]): Fault {
  const [issue] = issues;
  if (!issue) return { path: [], message: 'unknown fault' };
  const branches = issue.code === 'invalid_union' ? issue.errors.map((branch) => deepest(branch)) : [];
  const furthest = branches.toSorted((one, other) => other.path.length - one.path.length)[0];
  if (!furthest || furthest.path.length === 0) return { path: issue.path, message: issue.message };
  return { path: [...issue.path, ...furthest.path], message: furthest.message };
}
