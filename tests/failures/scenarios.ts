/** What people do while an operation fails, and what must be true whatever failed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChatEvent, MessageTree, Run, Settings } from '@lightchat/protocol';
import { type Answer, call, type Streamed, stream, wholeLog } from './client.ts';
import type { FaultyServer } from './faulty-server.ts';

export interface Scenario {
  name: string;
  /**
   * Before anything fails. What it answers is done while something fails; that answers what is checked afterwards.
   * `leaveAfterMs`: viewers wait no longer, because an end that cannot be stored is not told.
   */
  prepare(faulty: FaultyServer, turn: string, leaveAfterMs?: number): Promise<() => Promise<() => Promise<void>>>;
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'send',
    async prepare({ server: { url } }, turn, leaveAfterMs) {
      const keyed = { prompt: 'x', provider_id: 'up', model_id: `ok?tokens=12&delay=2&${turn}`, idempotency_key: turn };
      return async () => {
        const sent = await stream(`${url}/chat`, 'POST', { body: keyed, leaveAfterMs });
        return async () => {
          // Sent once more, the same key must lead to the same answer, or to the first one when none was begun.
          const again = await stream(`${url}/chat`, 'POST', { body: keyed });
          const run_id = runIdOf(again) ?? fail('a message sent again is not answered', again);
          if (sent.events.length > 0 && runIdOf(sent) !== run_id) fail('the run that was shown is gone', sent);
          await checkRun(url, run_id, sent.events);
        };
      };
    },
  },
  {
    name: 'stop',
    async prepare({ server: { url } }, turn) {
      const run = await start(url, `u26-endless?delay=10&${turn}`);
      await firstToken(url, run.id);
      const seen: Promise<Streamed> = stream(`${url}/runs/${run.id}/events`, 'GET');
      seen.catch(() => {}); // looked at below
      return async () => {
        await call(`${url}/runs/${run.id}/stop`, 'POST', {});
        return async () => {
          const { json } = await call(`${url}/runs/${run.id}/stop`, 'POST', {});
          // Whatever broke may have ended it before the stop came.
          if (!['stopped', 'failed', 'interrupted'].includes(String(json.status))) fail('a stop did not stop', json);
          await checkRun(url, run.id, (await seen).events);
        };
      };
    },
  },
  {
    name: 'resume',
    async prepare({ server: { url } }, turn, leaveAfterMs) {
      const run = await start(url, `ok?tokens=12&delay=8&${turn}`);
      const path = `${url}/runs/${run.id}/events`;
      await firstToken(url, run.id);
      return async () => {
        const headers = { 'last-event-id': `${run.id}:0` };
        const seen = await stream(path, 'GET', { headers, leaveAfterMs });
        const last = seen.events.at(-1)?.id;
        return async () => {
          const rest = await stream(path, 'GET', { headers: last ? { 'last-event-id': last } : headers });
          const all = [...seen.events, ...rest.events];
          const log = await checkRun(url, run.id, all);
          if (all.length !== log.length - 1) fail(`${all.length} events of ${log.length - 1} after coming back`, seen);
        };
      };
    },
  },
  {
    name: 'PUT /config',
    async prepare({ server: { url, dirs } }, turn) {
      const file = join(dirs.config, 'settings.yaml');
      const before = await call(`${url}/config`, 'GET');
      const old = await readFile(file, 'utf8');
      const body = structuredClone(before.json) as Settings;
      const [provider = fail('no provider', before)] = body.providers;
      provider.name = `Renamed ${turn}`;
      return async () => {
        const headers = { 'if-match': before.headers.get('etag') };
        const put: Answer = await call(`${url}/config`, 'PUT', body, headers);
        return async () => {
          const now = await readFile(file, 'utf8');
          const isNew = now.includes(`Renamed ${turn}`);
          if (isNew ? !now.startsWith('# Written by hand.') || !now.endsWith('\n') : now !== old)
            fail('half a file', now);
          if (put.status === 200 && !isNew) fail('settings that were accepted are gone', now);
          const config = await call(`${url}/config`, 'GET');
          const name = (config.json as Settings).providers[0]?.name;
          if (isNew !== (name === provider.name)) fail('what is in force is not what is stored', config.json);
          const health = await call(`${url}/health`, 'GET');
          if (health.json.config_error) fail('the stored settings are not understood', health.json);
        };
      };
    },
  },
];

async function start(url: string, model_id: string): Promise<Run> {
  const { json } = await call(`${url}/runs`, 'POST', { prompt: 'x', provider_id: 'up', model_id });
  return json as Run;
}

async function firstToken(url: string, runId: string): Promise<void> {
  for (let next = 0; next < 2; ) next = (await call(`${url}/runs/${runId}`, 'GET')).json.next_index as number;
}

/** One end, nothing lost that was shown, and a message that says the same. Answers the log. */
async function checkRun(url: string, runId: string, shown: Streamed['events']): Promise<ChatEvent[]> {
  const log = await wholeLog(url, runId);
  for (const [at, { index }] of log.entries()) if (index !== at) fail(`index ${index} in place ${at}`, log);
  if (log.filter(({ type }) => type === 'run-finished').length !== 1) fail('not one end', log);
  for (const { id, event, data } of shown) {
    const stored = log[Number(id.slice(id.lastIndexOf(':') + 1))];
    if (!stored || (event === stored.type ? data !== JSON.stringify(stored) : !sameAs(stored, data))) {
      fail(`${id} was shown and is not stored`, { data, stored });
    }
  }
  const run = (await call(`${url}/runs/${runId}`, 'GET')).json as Run;
  const path = `/api/chat/sessions/${run.conversation_id}/messages`;
  const { items } = (await call(url + path, 'GET')).json as MessageTree;
  const message = items.find(({ id }) => id === run.message_id);
  const text = message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const logged = log.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  if (message?.status !== run.status || text !== logged) fail('the message is not what its run says', message);
  return log;
}

/** As `POST /chat` writes it. */
function sameAs(stored: ChatEvent, data: string): boolean {
  return stored.type === 'text-delta' ? data === JSON.stringify({ token: stored.text }) : true;
}

function runIdOf({ events }: Streamed): string | undefined {
  return events[0]?.id.split(':')[0];
}

function fail(what: string, seen: unknown): never {
  throw new Error(`${what}: ${JSON.stringify(seen)?.slice(0, 600)}`);
}
