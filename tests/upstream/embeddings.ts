/** Vectors that a test can tell apart: the text's length, its first character, and a fraction that is exact in 32 bits. */
export function vectorOf(text: string, dimensions = 3): number[] {
  const vector = [text.length, text.codePointAt(0) ?? 0, 0.25];
  return Array.from({ length: dimensions }, (_, at) => vector[at] ?? 0);
}

interface EmbeddingBody {
  model?: unknown;
  input?: unknown;
  dimensions?: number;
}

/** Answers of `/v1/embeddings` and `/api/embed`, with a token a character. */
export const embeddings: Record<string, (body: EmbeddingBody) => object> = {
  '/v1/embeddings'({ model, input, dimensions }) {
    const texts = textsOf(input);
    const tokens = texts.join('').length;
    return {
      object: 'list',
      model,
      data: texts.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, dimensions) })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  },
  '/api/embed'({ model, input, dimensions }) {
    const texts = textsOf(input);
    return {
      model,
      embeddings: texts.map((text) => vectorOf(text, dimensions)),
      total_duration: 5_000_000,
      prompt_eval_count: texts.join('').length,
    };
  },
};

function textsOf(input: unknown): string[] {
  return [input].flat().map(String);
}
