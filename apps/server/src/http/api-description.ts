/** Every surface as it describes itself, in the order of the page at /docs. Loaded when someone asks for it. */
import type { SurfaceDescription } from './kit/operation.ts';
import { changes } from './surfaces/changes/operations.ts';
import { config } from './surfaces/config/operations.ts';
import { describeApi } from './surfaces/docs/open-api.ts';
import { docs } from './surfaces/docs/operations.ts';
import { renderPage } from './surfaces/docs/page.ts';
import { health } from './surfaces/health/operations.ts';
import { logs } from './surfaces/logs/operations.ts';
import { chat } from './surfaces/native/operations.ts';
import { openai } from './surfaces/openai/operations.ts';
import { responses } from './surfaces/openai/responses/operations.ts';
import { page } from './surfaces/page/operations.ts';
import { providers } from './surfaces/providers/operations.ts';
import { runs } from './surfaces/runs/operations.ts';
import { sessions } from './surfaces/sessions/operations.ts';
import { streaming } from './surfaces/streaming/operations.ts';
import { uiStream } from './surfaces/ui-stream/operations.ts';
import { usage } from './surfaces/usage/operations.ts';
import { wait } from './surfaces/wait/operations.ts';

export const surfaces: readonly SurfaceDescription[] = [
  chat,
  wait,
  streaming,
  runs,
  sessions,
  uiStream,
  openai,
  responses,
  changes,
  providers,
  usage,
  config,
  logs,
  health,
  docs,
  page,
];

/** The OpenAPI document as JSON, and the page made of it. */
export function describe(version: string): { json: string; page: string } {
  const document = describeApi(surfaces, version);
  return { json: JSON.stringify(document), page: renderPage(document) };
}
