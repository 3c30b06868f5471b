import type { ModelRequest } from '../../engine/ports.ts';

/** The body of `POST /api/chat`, as JSON text. `num_ctx`: tokens of context to allocate; absent = the server's choice. */
export function toChatRequest(request: ModelRequest, num_ctx: number | null | undefined): string {
  const options: Record<string, number> = {};
  if (num_ctx) options.num_ctx = num_ctx;
  if (request.temperature !== undefined) options.temperature = request.temperature;
  if (request.top_p !== undefined) options.top_p = request.top_p;
  if (request.max_tokens !== undefined) options.num_predict = request.max_tokens;
  const body: Record<string, unknown> = {
    model: request.model_id,
    messages: request.messages.map(({ role, text }) => ({ role, content: text })),
    stream: true,
    // Otherwise Ollama drops the beginning of a long conversation and answers as if nothing were missing.
    truncate: false,
  };
  if (Object.keys(options).length > 0) body.options = options;
  if (request.tools && request.tools.length > 0) body.tools = request.tools;
  return JSON.stringify(body);
}
