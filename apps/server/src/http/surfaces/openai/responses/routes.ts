/**
 * `POST /v1/responses`: OpenAI's Responses without anything kept. Codex, the Agents SDK and the AI SDK speak it.
 * Whoever hangs up stops the answer.
 */
import type { FastifyInstance } from 'fastify';
import type { SurfaceContext } from '../../../kit/context.ts';
import { readRequest } from '../read-request.ts';
import { toCompletionRequest } from './completion-request.ts';
import { responsesBodySchema } from './request-body.ts';
import { echoOf, type ResponseHead } from './response-json.ts';
import { streamResponse } from './stream-response.ts';
import { wholeResponse } from './whole-response.ts';

export function responsesRoutes(app: FastifyInstance, { engine, limits }: SurfaceContext): void {
  app.post('/v1/responses', async (request, reply) => {
    const body = readRequest(responsesBodySchema, request.body);
    const asked = toCompletionRequest(body);
    // The request's own id: unguessable, and the one in the log.
    const seed = request.id.slice(request.id.indexOf('_') + 1);
    const head: ResponseHead = {
      id: `resp_${seed}`,
      created_at: Math.floor(Date.now() / 1000),
      model: asked.request.model ?? 'default',
      echo: echoOf(body),
    };
    if (!body.stream) return wholeResponse(reply, { engine, asked, head, seed });
    const { heartbeat_ms, viewer_bytes } = limits();
    await streamResponse(reply, { engine, asked, head, seed, sse: { heartbeat_ms, viewer_bytes } });
  });
}
