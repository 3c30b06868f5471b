/** LightChat's `/v1` beside other gateways for Node, on the same upstream in the same run. */
import { join } from 'node:path';
import { startProcess } from './child-process.ts';
import { type Contender, completions } from './contenders.ts';
import { type Contenders, type Setting, withContenders } from './measures/measure.ts';
import type { Dialect } from './stream-client.ts';

/** `lightchat` is asked through `/v1` here. Peers that could not be started are missing. */
export interface Gateways extends Contenders {
  [peer: string]: Contender;
}

const folder = join(import.meta.dirname, 'peers');

const uiMessageStream: Dialect = { ...completions, path: '/', token: '"delta":"', done: 'data: [DONE]' };

const peers: Record<string, (upstreamPort: number) => Promise<Contender>> = {
  async Portkey(upstreamPort) {
    const running = await startProcess('relay', [join(folder, 'portkey.mjs')], { NODE_ENV: 'production' });
    const headers = {
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
      authorization: 'Bearer bench',
    };
    return { ...running, name: 'Portkey', dialect: { ...completions, headers } };
  },
  async 'AI SDK'(upstreamPort) {
    const args = [join(folder, 'ai-relay.mjs'), String(upstreamPort)];
    const running = await startProcess('relay', args, { NODE_ENV: 'production' });
    return { ...running, name: 'AI SDK', dialect: uiMessageStream };
  },
};

export function withGateways<T>(setting: Setting, use: (gateways: Gateways) => Promise<T>): Promise<T> {
  return withContenders(setting, async (contenders) => {
    const lightchat = { ...contenders.lightchat, name: 'lightchat /v1', dialect: completions };
    const gateways: Gateways = { ...contenders, lightchat };
    const started: Contender[] = [];
    try {
      for (const [name, start] of Object.entries(peers)) {
        const peer = await start(setting.upstream.port).catch((error: Error) => {
          setting.log(`${name} is left out: ${error.message}`);
        });
        if (!peer) continue;
        started.push(peer);
        gateways[name] = peer;
      }
      return await use(gateways);
    } finally {
      await Promise.all(started.map((peer) => peer.stop()));
    }
  });
}

/** Whose faults are theirs: told, but no verdict on us. */
export function isPeer(name: string): boolean {
  return name in peers;
}
