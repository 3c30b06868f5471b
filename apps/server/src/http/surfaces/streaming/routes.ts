import { AppError, type Run, streamingRequestSchema } from '@lightchat/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { LOCAL_OWNER, type SurfaceContext } from '../../kit/context.ts';
import { lastEventId, refuseFuture } from '../../kit/cursor.ts';
import { refuseForeign } from '../../kit/foreign-request.ts';
import { streamRun } from '../../kit/stream-run.ts';
import { parse } from '../../kit/validate.ts';
import { encodeTokens } from './encode.ts';

type StreamingRequest = z.infer<typeof streamingRequestSchema>;

/**
 * `/chat/streaming` for EventSource, which can only GET. A GET that starts a run is a write in disguise,
 * so other sites are refused.
 */
export function streamingSurface(app: FastifyInstance, { engine, limits }: SurfaceContext): void {
  const owner = LOCAL_OWNER;

  async function answer(request: FastifyRequest, reply: FastifyReply, input: StreamingRequest): Promise<void> {
    const cursor = lastEventId(request);
    const run = cursor ? await engine.get(owner, cursor.run_id) : await runOf(input);
    const fromEvent = cursor ? cursor.index + 1 : 0;
    refuseFuture(run, fromEvent);
    const encode = encodeTokens({ fromEvent, fromToken: cursor ? 0 : (input.from ?? 0) });
    return streamRun(reply, { engine, owner, run, from: fromEvent, readFrom: 0, encode, sse: limits() });
  }

  /** The run this request means: the one its stream id joined, or a new one. */
  async function runOf(input: StreamingRequest): Promise<Run> {
    const joined = input.stream_id && (await engine.find(owner, input.stream_id));
    if (joined) return joined;
    if (input.from) {
      throw invalid('from', 'a run to go on with is needed: send the stream_id it was started with, or Last-Event-ID');
    }
    if (input.message === undefined) throw invalid('message', 'a message is needed');
    const { message, provider_id, model_id, conversation_id, stream_id } = input;
    return engine.start(
      owner,
      { prompt: message, provider_id, model_id, conversation_id },
      stream_id === undefined ? {} : { joinKey: stream_id },
    );
  }

  app.get('/chat/streaming', { exposeHeadRoute: false }, (request, reply) => {
    refuseForeign(request.raw);
    return answer(request, reply, parse(streamingRequestSchema, request.query));
  });
  app.post('/chat/streaming', (request, reply) => answer(request, reply, parse(streamingRequestSchema, request.body)));
}

function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_REQUEST', `The request is not valid: ${path}: ${message}`, {
    details: { issues: [{ path, message }] },
  });
}
