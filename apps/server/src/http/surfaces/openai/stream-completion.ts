import { AppError, type ErrorBody, isAppError, type NewChatEvent } from '@lightchat/protocol';
import type { FastifyReply } from 'fastify';
import { isOutput } from '../../../engine/run/ask.ts';
import type { CompletionEnd } from '../../../engine/run/complete.ts';
import { LOCAL_OWNER } from '../../kit/context.ts';
import { openSse, type SseOptions, type SseStream } from '../../kit/sse.ts';
import { type Answering, noteFallback, toAppError, whenGone } from './answering.ts';
import { type ChunkEncoder, createChunkEncoder } from './encode-chunks.ts';
import { toOpenAIError } from './errors.ts';
import { type KeptAnswer, showKept } from './resume.ts';

export interface StreamOptions {
  /** Whether a chunk with the usage is wanted. */
  usage: boolean;
  sse: SseOptions;
  /** Called when an answer begins that shall outlive its connection. */
  keep?: (() => KeptAnswer) | undefined;
}

/** An answer whose headers are out. */
interface Begun {
  chunks: ChunkEncoder;
  /** A promise when the client has to take what waits before there is more. */
  send(events: readonly string[]): Promise<boolean> | boolean;
  end(): void;
}

/**
 * Answers in chunks. Nothing goes out before the model says something, so that retries and fallbacks cost nothing and
 * an error has a status; only a silence of a whole heartbeat begins the answer without words. Throws what failed
 * before that.
 */
export async function streamCompletion(reply: FastifyReply, asked: Answering, options: StreamOptions): Promise<void> {
  const gone = new AbortController();
  let begun: Begun | undefined;
  whenGone(reply, () => {
    // What is kept goes on without its client; before it began, nobody could come back to it.
    if (!begun || !options.keep) gone.abort('gone');
  });

  function begin(): Begun {
    clearTimeout(silence);
    const chunks = createChunkEncoder(asked.head, asked.letters);
    const stream = openSse(reply, options.sse);
    begun = { chunks, ...(options.keep ? throughKept(options.keep(), stream, reply) : straight(stream)) };
    return begun;
  }

  const silence = setTimeout(() => {
    const { chunks, send } = begin();
    void send(chunks.encode([]));
  }, options.sse.heartbeat_ms);

  function deliver(events: readonly NewChatEvent[]): Promise<void> | undefined {
    if (!begun) noteFallback(asked.head, events);
    if (!begun && !events.some(isOutput)) return undefined;
    const { chunks, send } = begun ?? begin();
    const sent = send(chunks.encode(events));
    return typeof sent === 'boolean' ? undefined : sent.then(() => undefined);
  }

  let end: CompletionEnd | undefined;
  let failed: ErrorBody | null;
  try {
    end = await asked.engine.complete(LOCAL_OWNER, asked.request, gone.signal, deliver);
    failed = end.error;
  } catch (error) {
    if (!begun) throw error;
    failed = toBody(error);
  } finally {
    clearTimeout(silence);
  }
  if (failed && !begun) throw toAppError(failed);
  if (end?.status === 'stopped' && !begun) {
    reply.hijack(); // nobody is there to answer
    return;
  }
  const { chunks, send, end: close } = begun ?? begin();
  if (failed) void send(chunks.fail(toOpenAIError(failed)));
  else if (end?.status === 'completed') void send(chunks.finish(end, options.usage));
  close();
}

function straight(stream: SseStream): Omit<Begun, 'chunks'> {
  return {
    send: (events) => events.length === 0 || stream.write(events.join('')),
    end: () => stream.end(),
  };
}

/** The model is not held up by a client that reads slowly: what is kept is bounded, and who falls behind is cut off. */
function throughKept(kept: KeptAnswer, stream: SseStream, reply: FastifyReply): Omit<Begun, 'chunks'> {
  void showKept(kept, 0, stream, reply);
  return {
    send(events) {
      for (const event of events) kept.add(event);
      return true;
    },
    end: () => kept.end(),
  };
}

function toBody(error: unknown): ErrorBody {
  const known = isAppError(error) ? error : new AppError('INTERNAL', 'Something went wrong inside LightChat.');
  return known.toBody();
}
