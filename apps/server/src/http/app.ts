/** Mounts the surfaces over one engine, behind the guard. */
import type { Socket } from 'node:net';
import { AppError } from '@lightchat/protocol';
import Fastify, { type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import type { Logger } from '../engine/ports.ts';
import { errorAnswersOf } from './error-answers.ts';
import type { GuardRules } from './guard.ts';
import { installErrorAnswers } from './kit/errors.ts';
import { failuresInto } from './kit/failures-into.ts';
import { createGuardedServer, requestIdOf } from './server-factory.ts';
import { type ChangesContext, changesSurface } from './surfaces/changes/routes.ts';
import { configSurface } from './surfaces/config/routes.ts';
import { docsSurface } from './surfaces/docs/routes.ts';
import { type HealthContext, healthSurface } from './surfaces/health/routes.ts';
import { logsSurface } from './surfaces/logs/routes.ts';
import { nativeSurface } from './surfaces/native/routes.ts';
import type { OpenAIContext } from './surfaces/openai/context.ts';
import { openaiSurface } from './surfaces/openai/routes.ts';
import { pageSurface } from './surfaces/page/routes.ts';
import { type ProvidersContext, providersSurface } from './surfaces/providers/routes.ts';
import { runsSurface } from './surfaces/runs/routes.ts';
import { type SessionsContext, sessionsSurface } from './surfaces/sessions/routes.ts';
import { streamingSurface } from './surfaces/streaming/routes.ts';
import { type UiStreamContext, uiStreamSurface } from './surfaces/ui-stream/routes.ts';
import { type UsageContext, usageSurface } from './surfaces/usage/routes.ts';
import { waitSurface } from './surfaces/wait/routes.ts';
import { refuseUnreadable } from './unreadable-request.ts';

/** Product limit on a request body. */
const BODY_BYTES = 10 * 1024 * 1024;

export interface AppDeps {
  logger: Logger;
  newRequestId(): string;
  guardRules(port: number): GuardRules;
  health: HealthContext;
  providers: ProvidersContext;
  sessions: SessionsContext & UiStreamContext;
  openai: OpenAIContext;
  changes: ChangesContext;
  config: Parameters<typeof configSurface>[1];
  logs: Parameters<typeof logsSurface>[1];
  usage: UsageContext;
  /** Folder with the built page. */
  pageFolder: string;
  /** Called for every route, so that tests can go over all of them. */
  onRoute?(method: string, url: string): void;
}

export async function createApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_BYTES,
    forceCloseConnections: true,
    loggerInstance: failuresInto(deps.logger),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestIdOf(request),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 256 },
    serverFactory: (handler) =>
      createGuardedServer(handler, { newRequestId: deps.newRequestId, rules: deps.guardRules }),
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket as Socket, deps.newRequestId()),
    frameworkErrors: (_error, request, reply) => {
      const malformed = new AppError('INVALID_REQUEST', 'The address is malformed.').toBody();
      const { status, headers, body } = errorAnswersOf(request.raw.url)(malformed);
      void (reply as FastifyReply).status(status).headers(headers).send(body);
    },
  });
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) deps.onRoute?.(one, url);
  });
  acceptEmptyJson(app);
  installErrorAnswers(app, deps.logger, errorAnswersOf);
  healthSurface(app, deps.health);
  providersSurface(app, deps.providers);
  nativeSurface(app, deps.sessions);
  waitSurface(app, deps.sessions);
  streamingSurface(app, deps.sessions);
  runsSurface(app, deps.sessions);
  sessionsSurface(app, deps.sessions);
  uiStreamSurface(app, deps.sessions);
  openaiSurface(app, deps.openai);
  changesSurface(app, deps.changes);
  configSurface(app, deps.config);
  logsSurface(app, deps.logs);
  usageSurface(app, deps.usage);
  docsSurface(app, { describe: () => describe(deps.health.version) });
  pageSurface(app, deps.pageFolder);
  return app;
}

/** Not needed to serve, so not loaded at the start: it is a bundle of its own. */
async function describe(version: string) {
  return (await import('./api-description.ts')).describe(version);
}

/** Calls without arguments (stop, restore) come with an empty body; everything else is Fastify's own safe parser. */
function acceptEmptyJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parseJson(request, body.toString(), done);
  });
}
