/**
 * `POST /v1/responses`, which Codex, the Agents SDK and the AI SDK speak. Stateless: no response is stored, and none can
 * be gone on from. Whoever hangs up stops the answer.
 */
import type { FastifyInstance } from 'fastify';
import { LOCAL_OWNER } from '../../../kit/context.ts';
import { goneSignal } from '../answering.ts';
import type { OpenAIContext } from '../context.ts';
import { addressModel } from '../model-address.ts';
import { readRequest } from '../read-request.ts';
import { withinContext } from '../within-context.ts';
import { toAsked } from './asked.ts';
import type { OutputItem } from './output.ts';
import { createRecentItems, hasAttachment } from './recent-items.ts';
import { responsesBodySchema } from './request-body.ts';
import { echoOf } from './response-json.ts';
import { streamResponse } from './stream-response.ts';
import { wholeResponse } from './whole-response.ts';

export function responsesRoutes(app: FastifyInstance, { engine, limits, providers, clock }: OpenAIContext): void {
  const recent = createRecentItems();

  app.post('/v1/responses', async (request, reply) => {
    const body = readRequest(responsesBodySchema, request.body);
    const asked = toAsked(body, (items) => recent.recall(LOCAL_OWNER, items));
    const gone = goneSignal(reply);
    const model = await addressModel(providers, body.model || undefined, gone);
    // The request's own id: unguessable, and the one in the log.
    const seed = request.id.slice(request.id.indexOf('_') + 1);
    const created = Math.floor(Date.parse(clock.now()) / 1000);
    const said = (items: readonly OutputItem[]) => {
      // Some models refuse to go on without what came attached to their calls, and clients do not send that back.
      recent.remember(LOCAL_OWNER, body.store === false ? items.filter(hasAttachment) : items);
    };
    const answering = {
      engine,
      request: await withinContext(providers, { ...asked.request, model: model.address }, model, gone),
      head: { id: `resp_${seed}`, created, model: body.model || model.address, echo: echoOf(body) },
      origins: asked.origins,
      seed,
      said,
      gone,
    };
    if (!body.stream) return wholeResponse(reply, answering);
    return streamResponse(reply, answering, limits());
  });
}
