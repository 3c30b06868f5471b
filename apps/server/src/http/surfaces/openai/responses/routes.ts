/**
 * `POST /v1/responses`, which Codex, the Agents SDK and the AI SDK speak. Stateless: no response is stored, and none can
 * be gone on from. Whoever hangs up stops the answer.
 */
import type { FastifyInstance } from 'fastify';
import { resolveModel } from '../../../../engine/resolve-model.ts';
import { LOCAL_OWNER } from '../../../kit/context.ts';
import { whenGone } from '../answering.ts';
import type { OpenAIContext } from '../context.ts';
import { readRequest } from '../read-request.ts';
import { toCompletionRequest } from './completion-request.ts';
import type { OutputItem } from './output.ts';
import { createRecentItems, hasAttachment } from './recent-items.ts';
import { responsesBodySchema } from './request-body.ts';
import { echoOf, type ResponseHead } from './response-json.ts';
import { streamResponse } from './stream-response.ts';
import { wholeResponse } from './whole-response.ts';

export function responsesRoutes(app: FastifyInstance, { engine, limits, providers, clock }: OpenAIContext): void {
  const recent = createRecentItems();

  async function defaultModel(signal: AbortSignal): Promise<string> {
    const { provider, model_id } = await resolveModel(providers, undefined, signal);
    return `${provider.id}/${model_id}`;
  }

  app.post('/v1/responses', async (request, reply) => {
    const body = readRequest(responsesBodySchema, request.body);
    const asked = toCompletionRequest(body, (items) => recent.recall(LOCAL_OWNER, items));
    const gone = new AbortController();
    whenGone(reply, () => gone.abort('gone'));
    asked.request.model ??= await defaultModel(gone.signal);
    // The request's own id: unguessable, and the one in the log.
    const seed = request.id.slice(request.id.indexOf('_') + 1);
    const head: ResponseHead = {
      id: `resp_${seed}`,
      created: Math.floor(Date.parse(clock.now()) / 1000),
      model: asked.request.model,
      echo: echoOf(body),
    };
    const said = (items: readonly OutputItem[]) => {
      // Some models refuse to go on without what came attached to their calls, and clients do not send that back.
      recent.remember(LOCAL_OWNER, body.store === false ? items.filter(hasAttachment) : items);
    };
    const answering = { engine, asked, head, seed, said, gone: gone.signal };
    if (!body.stream) return wholeResponse(reply, answering);
    return streamResponse(reply, answering, limits());
  });
}
