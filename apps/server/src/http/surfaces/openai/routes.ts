/** The gateway for OpenAI's clients, under /v1. Models are named `provider_id/model_id`, or by their bare id. */
import type { FastifyInstance } from 'fastify';
import { chatCompletions } from './chat-completions.ts';
import type { OpenAIContext } from './context.ts';
import { embeddings } from './embeddings.ts';
import { models } from './models.ts';
import { responsesRoutes } from './responses/routes.ts';

export function openaiSurface(app: FastifyInstance, context: OpenAIContext): void {
  chatCompletions(app, context);
  models(app, context);
  embeddings(app, context);
  responsesRoutes(app, context);
}
