import { AppError, type ErrorBody, isAppError, type NewChatEvent, type Usage } from '@lightchat/protocol';
import type { FastifyReply } from 'fastify';
import { isOutput } from '../../../../engine/run/ask.ts';
import type { CompletionEnd } from '../../../../engine/run/complete.ts';
import { LOCAL_OWNER } from '../../../kit/context.ts';
import { openSse, type SseOptions, type SseStream } from '../../../kit/sse.ts';
import { noteFallback } from '../answering.ts';
import { type OpenAIError, toOpenAIError } from '../errors.ts';
import { type Answering, settle, toThrown } from './answering.ts';
import { createOutput } from './output.ts';
import { createStreamEvents } from './stream-events.ts';

/**
 * Answers as events. Nothing goes out before the model says something, so that an error has a status; only a
 * silence of a whole heartbeat opens the stream without an answer. Throws what failed before that.
 */
export async function streamResponse(
  reply: FastifyReply,
  { engine, request, origins, head, seed, said, gone }: Answering,
  sse: SseOptions,
): Promise<void> {
  const events = createStreamEvents();
  const output = createOutput(seed, origins, events);
  let stream: SseStream | undefined;

  function open(): SseStream {
    if (stream) return stream;
    clearTimeout(silence);
    events.begin(head);
    stream = openSse(reply, sse);
    return stream;
  }

  const silence = setTimeout(() => void open().write(events.take()), sse.heartbeat_ms);

  function deliver(batch: readonly NewChatEvent[]): Promise<void> | undefined {
    noteFallback(head, batch);
    if (batch.some(isOutput)) open();
    for (const event of batch) output.take(event);
    const text = events.take();
    const written = stream && text !== '' ? stream.write(text) : true;
    return typeof written === 'boolean' ? undefined : written.then(() => undefined);
  }

  function fail(failed: ErrorBody, usage: Usage | null): void {
    const { error } = toOpenAIError(failed);
    output.abandon();
    // First the event that raises: a client that has seen it does not raise again for the failed response.
    events.error(error);
    const { message } = error;
    events.finish(head, { status: 'failed', items: output.items, usage, error: { code: codeOf(error), message } });
  }

  let end: CompletionEnd | undefined;
  let failed: ErrorBody | null;
  try {
    end = await engine.complete(LOCAL_OWNER, request, gone, deliver);
    failed = end.error;
  } catch (error) {
    if (!stream) throw error;
    failed = (isAppError(error) ? error : new AppError('INTERNAL', 'Something went wrong inside LightChat.')).toBody();
  } finally {
    clearTimeout(silence);
  }
  // Nobody is there to answer.
  if (end?.status === 'stopped') reply.hijack();
  else if (failed && !stream) throw toThrown(failed);
  else {
    const last = open();
    if (failed) fail(failed, end?.usage ?? null);
    else if (end) events.finish(head, settle(output, end, said));
    void last.write(events.take());
  }
  stream?.end();
}

/** Clients try again unless the code says that it is of no use. */
function codeOf({ type, code }: OpenAIError['error']): string {
  if (type === 'invalid_request_error' && code !== 'context_length_exceeded') return 'invalid_prompt';
  return code ?? 'server_error';
}
