import { AppError } from '@lightchat/protocol';
import type { z } from 'zod';

/** `value` as the schema reads it. Throws INVALID_REQUEST with `details.issues: [{path, message}]`. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }));
  const first = issues[0];
  const where = first?.path ? `${first.path}: ` : '';
  throw new AppError('INVALID_REQUEST', `The request is not valid: ${where}${first?.message ?? 'unknown fault'}`, {
    details: { issues },
  });
}
