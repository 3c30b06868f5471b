/**
 * How the scripted upstream answers, written into the model id so that it survives every relay:
 * `bench-t200-d50-n1-f0`, with `-p1000` behind it where tokens are padded.
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
  /** Characters that make each token longer. */
  padding: number;
}

const PATTERN = /^bench-t(\d+)-d(\d+)-n(\d+)-f(\d+)(?:-p(\d+))?$/;

export function formatShape(shape: Partial<StreamShape> & { tokens: number }): string {
  const padding = shape.padding ? `-p${shape.padding}` : '';
  return `bench-t${shape.tokens}-d${shape.delay_ms ?? 0}-n${shape.per_write ?? 1}-f${shape.first_ms ?? 0}${padding}`;
}

export function parseShape(modelId: string): StreamShape | undefined {
  const match = PATTERN.exec(modelId);
  if (!match) return undefined;
  const [tokens = 0, delay_ms = 0, per_write = 0, first_ms = 0, padding = 0] = match
    .slice(1)
    .map((text) => Number(text ?? 0));
  return tokens > 0 && per_write > 0 ? { tokens, delay_ms, per_write, first_ms, padding } : undefined;
}

/**
 * A token of a scripted answer: which stream it belongs to, its place in it, and the clock at which it was
 * written. No character of it needs escaping in JSON, and a space ends it.
 */
export function formatToken(stream: string, index: number, clockMicros: number, padding = 0): string {
  const more = padding > 0 ? `.${'x'.repeat(padding)}` : '';
  return `${stream}.${index}.${Math.round(clockMicros).toString(36)}${more} `;
}
