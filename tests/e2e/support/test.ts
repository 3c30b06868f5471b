/** Playwright's test with what every spec here needs. At its end no tab may have done what no page may do. */
import { test as base } from '@playwright/test';
import { type StartServerOptions, startServer, type TestServer } from '../../server/start-server.ts';
import { startUpstream, tokenText, type Upstream } from '../../upstream/index.ts';
import { type ChatPage, chatPage } from './chat-page.ts';
import { watchPages } from './page-watch.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** The scripted model server. */
  upstream: Upstream;
  /** Starts LightChat; it is stopped with the test. */
  start: (options?: StartServerOptions) => Promise<TestServer>;
  /** Starts LightChat with the scripted model server as its only provider, offering `models`. */
  startWith: (...models: string[]) => Promise<TestServer>;
  chat: ChatPage;
  watch: undefined;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies of a fixture from this pattern
  upstream: async ({}, use) => {
    const upstream = await startUpstream();
    await use(upstream);
    await upstream.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  start: async ({}, use) => {
    const servers: TestServer[] = [];
    await use(async (options) => {
      const server = await startServer(options);
      servers.push(server);
      return server;
    });
    await Promise.all(servers.map((server) => server.stop()));
  },
  startWith: async ({ upstream, start }, use) => {
    await use((...models) => {
      upstream.models = models;
      return start({ settingsYaml: settingsFor(upstream.openai_url) });
    });
  },
  chat: async ({ page }, use) => use(chatPage(page)),
  watch: [
    async ({ context }, use) => {
      const watch = await watchPages(context, (url) => url.hostname === '127.0.0.1');
      await use(undefined);
      watch.expectClean();
    },
    { auto: true },
  ],
});

/** One provider and no waiting between tries. */
export function settingsFor(host: string): string {
  return `retry: { attempts: 0, delay_ms: 0 }
providers:
  - id: scripted
    type: openai
    host: ${host}
    name: Scripted model server
`;
}

/** What the scenario `ok` sends, as the page shows it. */
export function numberedTokens(count: number): string {
  return Array.from({ length: count }, (_, n) => tokenText(n))
    .join('')
    .trim();
}
