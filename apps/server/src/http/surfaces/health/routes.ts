import type { FastifyInstance } from 'fastify';

export interface HealthContext {
  version: string;
  /** Set while settings.yaml is invalid and the last good one is in force. */
  configError(): { line: number | null; message: string } | undefined;
  /** False while the server drains before it stops. */
  isReady(): boolean;
}

/** Alive, and ready for new runs. Neither asks a provider or the disk. */
export function healthSurface(app: FastifyInstance, { version, configError, isReady }: HealthContext): void {
  app.get('/health', () => {
    const config_error = configError();
    return { status: 'ok', version, ...(config_error ? { config_error } : {}) };
  });

  app.get('/ready', (_request, reply) => {
    const ready = isReady();
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'draining' });
  });
}
