/** Errors inside a stream whose status was 200, as real servers write them. */
const openai = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

export const streamErrors: Record<string, string> = {
  openrouter: openai({
    id: 'gen-1',
    object: 'chat.completion.chunk',
    error: { code: 502, message: 'Provider disconnected' },
    choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
  }),
  string: openai({ error: 'out of memory' }),
  object: openai({ error: { message: 'the slot was lost', type: 'server_error', code: 500 } }),
  vllm: openai({ object: 'error', message: 'engine died', type: 'InternalServerError', code: 500 }),
  event: `event: error\n${openai({ message: 'stream failed', code: 'server_error' })}`,
  'event-text': 'event: error\ndata: upstream connect error\n\n',
  overloaded: `event: error\n${openai({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })}`,
  'rate-limit': openai({ error: { code: 429, message: 'Rate limit exceeded' } }),
  context: openai({
    error: {
      code: 400,
      message: 'the request exceeds the available context size (9000 > 8192 tokens)',
      type: 'exceed_context_size_error',
      n_prompt_tokens: 9000,
      n_ctx: 8192,
    },
  }),
  finish: openai({ choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }),
  /** Ollama: a line with only an error. */
  line: `${JSON.stringify({ error: 'llama runner process has terminated: signal: killed' })}\n`,
};
