import { toStorageError } from './storage-errors.ts';

/** The same methods; when the disk fails under one, it says so in the product's own words, also where it only reads. */
export function explained<T extends Record<keyof T, (...args: never[]) => unknown>>(methods: T): T {
  const entries = Object.entries(methods) as [string, (...args: never[]) => unknown][];
  return Object.fromEntries(entries.map(([name, method]) => [name, explainedOne(method)])) as T;
}

function explainedOne<Args extends never[], Result>(method: (...args: Args) => Result): (...args: Args) => Result {
  const explain = (error: unknown): never => {
    throw toStorageError(error);
  };
  return (...args) => {
    try {
      const result = method(...args);
      return result instanceof Promise ? (result.catch(explain) as Result) : result;
    } catch (error) {
      return explain(error);
    }
  };
}
