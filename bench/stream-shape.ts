/**
 * How the scripted upstream answers, written into the model id so that it survives every relay:
 * `bench-t200-d50-n1-f0`.
 */
export interface StreamShape {
  /** Tokens in the answer. */
  tokens: number;
  /** Milliseconds between writes; 0 sends everything at once. */
  delay_ms: number;
  /** Tokens per write, each its own event. */
  per_write: number;
  /** Milliseconds before the first token. */
  first_ms: number;
}

const PATTERN = /^bench-t(\d+)-d(\d+)-n(\d+)-f(\d+)$/;

export function formatShape(shape: Partial<StreamShape> & { tokens: number }): string {
  return `bench-t${shape.tokens}-d${shape.delay_ms ?? 0}-n${shape.per_write ?? 1}-f${shape.first_ms ?? 0}`;
}

export function parseShape(modelId: string): StreamShape | undefined {
  const match = PATTERN.exec(modelId);
  if (!match) return undefined;
  const [tokens = 0, delay_ms = 0, per_write = 0, first_ms = 0] = match.slice(1).map(Number);
  return tokens > 0 && per_write > 0 ? { tokens, delay_ms, per_write, first_ms } : undefined;
}

/**
 * A token of a scripted answer: which stream it belongs to, its place in it, and the clock at which it was
 * written. No character of it needs escaping in JSON, and a space ends it.
 */
export function formatToken(stream: string, index: number, clockMicros: number): string {
  return `${stream}.${index}.${Math.round(clockMicros).toString(36)} `;
}
