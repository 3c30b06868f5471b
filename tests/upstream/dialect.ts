/** The two wire formats in which a scenario can be played. */
export type Dialect = 'openai' | 'ollama';

export interface WireCall {
  id: string;
  name: string;
  arguments: string;
}

export interface Encoder {
  readonly content_type: string;
  /** How the stream opens, before any output. */
  start(): string;
  text(text: string): string;
  reasoning(text: string): string;
  toolCall(call: WireCall): string;
  /** The finish signal, with usage where the format has both in one place. */
  finish(reason: string): string;
  /** What follows the finish signal. */
  end(): string;
}

export interface EncoderOptions {
  model: string;
  prompt_tokens: number;
  /** Tokens sent so far, asked for when usage is written. */
  completion_tokens(): number;
  /** Whether the client asked for usage (OpenAI only). */
  include_usage: boolean;
}

const CREATED = 1_700_000_000;

export function createEncoder(dialect: Dialect, options: EncoderOptions): Encoder {
  return dialect === 'openai' ? openai(options) : ollama(options);
}

function openai({ model, prompt_tokens, completion_tokens, include_usage }: EncoderOptions): Encoder {
  const frame = (choices: unknown[], more: object = {}) => {
    const chunk = {
      id: 'chatcmpl-scripted',
      object: 'chat.completion.chunk',
      created: CREATED,
      model,
      choices,
      ...more,
    };
    return `data: ${JSON.stringify(chunk)}\n\n`;
  };
  const choice = (delta: object, finish_reason: string | null = null) => frame([{ index: 0, delta, finish_reason }]);
  return {
    content_type: 'text/event-stream',
    start: () => choice({ role: 'assistant', content: '' }),
    text: (content) => choice({ content }),
    reasoning: (reasoning_content) => choice({ reasoning_content }),
    toolCall: ({ id, name, arguments: text }) =>
      choice({ tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: text } }] }),
    finish: (reason) => choice({}, reason),
    end() {
      const count = completion_tokens();
      const usage = { prompt_tokens, completion_tokens: count, total_tokens: prompt_tokens + count };
      return `${include_usage ? frame([], { usage }) : ''}data: [DONE]\n\n`;
    },
  };
}

function ollama({ model, prompt_tokens, completion_tokens }: EncoderOptions): Encoder {
  const line = (message: object, more: object = { done: false }) =>
    `${JSON.stringify({ model, created_at: '2026-01-01T00:00:00.000Z', message: { role: 'assistant', ...message }, ...more })}\n`;
  return {
    content_type: 'application/x-ndjson',
    start: () => '',
    text: (content) => line({ content }),
    reasoning: (thinking) => line({ content: '', thinking }),
    toolCall: ({ id, name, arguments: text }) =>
      line({ content: '', tool_calls: [{ id, function: { index: 0, name, arguments: JSON.parse(text) } }] }),
    finish: (reason) =>
      line(
        { content: '' },
        {
          done: true,
          // Ollama has no word of its own for these.
          done_reason: reason === 'tool_calls' ? 'stop' : reason,
          total_duration: 5_000_000,
          prompt_eval_count: prompt_tokens,
          eval_count: completion_tokens(),
        },
      ),
    end: () => '',
  };
}
