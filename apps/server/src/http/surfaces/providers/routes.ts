import type { ModelInfo, ProviderInfo } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';

export interface ProvidersContext {
  /** Never waits for a provider. */
  list(): ProviderInfo[];
  /** Rejects with PROVIDER_NOT_FOUND, PROVIDER_UNREACHABLE and the like. */
  models(providerId: string, signal: AbortSignal): Promise<ModelInfo[]>;
}

export function providersSurface(app: FastifyInstance, providers: ProvidersContext): void {
  app.get('/providers', () => providers.list());

  app.get<{ Params: { provider_id: string } }>('/models/:provider_id', (request, reply) => {
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    return providers.models(request.params.provider_id, gone.signal);
  });
}
