/** The exact shapes of the contract, for `toEqual`. */
import { expect } from 'vitest';

export const text = expect.any(String) as string;
export const filled = expect.stringMatching(/./) as string;
export const number = expect.any(Number) as number;
/** ISO 8601 UTC with milliseconds. */
export const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

/** A usage that the provider counted. */
export const usage = { prompt_tokens: number, completion_tokens: number, total_tokens: number };

export function errorShape(error_code: string) {
  return { error_code, message: expect.stringMatching(/.{10}/), details: expect.any(Object) };
}

export function validationError(...paths: string[]) {
  const issues = paths.map((path) => ({ path, message: filled }));
  return { error_code: 'INVALID_REQUEST', message: filled, details: { issues } };
}
