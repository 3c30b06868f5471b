import type { ChatEvent, LogEntry, Run } from '@lightchat/protocol';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChatEngine } from '../../engine/chat-engine.ts';
import { failuresInto } from './failures-into.ts';
import { sharedEncoding, streamRun } from './stream-run.ts';

const run: Run = {
  id: 'run_1',
  status: 'running',
  conversation_id: 'c',
  message_id: 'm',
  provider_id: 'p',
  model_id: 'm',
  attempts: 1,
  next_index: 3,
  finish_reason: null,
  usage: null,
  error: null,
  created_at: '',
  duration_ms: null,
  first_output_ms: null,
  finished_at: null,
};
const delta = (index: number): ChatEvent => ({ type: 'text-delta', index, text: `${index} ` });
const textOf = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

/** One answer that shows `batches` of the run, and what was logged meanwhile. */
async function view(shown: Run, from: number, batches: () => AsyncIterable<readonly ChatEvent[]>) {
  const logged: Omit<LogEntry, 'ts'>[] = [];
  app = Fastify({
    loggerInstance: failuresInto({ write: (entry) => void logged.push(entry) }),
    logController: new LogController({ disableRequestLogging: true }),
  });
  const engine = { follow: batches } as Partial<ChatEngine> as ChatEngine;
  const sse = { heartbeat_ms: 60_000, viewer_bytes: 1000 };
  app.get('/', (_request, reply) =>
    streamRun(reply, { engine, owner: 'local', run: shown, from, encode: textOf, sse }),
  );
  const answer = await fetch(await app.listen({ host: '127.0.0.1', port: 0 }));
  const text = await answer.text().catch((error: Error) => `broken: ${error.message}`);
  return { status: answer.status, text, logged };
}

describe('showing a run', () => {
  it('[CW-2] writes what the codec says, and ends with the run', async () => {
    const { status, text, logged } = await view(run, 0, async function* () {
      yield [delta(0), delta(1)];
      yield [{ type: 'run-progress', index: 2, state: 'waiting' }];
      yield [delta(3)];
    });
    expect([status, text, logged]).toEqual([200, '0 1 3 ', []]);
  });

  it('[CW-3] answers 204 only when the run has ended and nothing is left', async () => {
    const ended: Run = { ...run, status: 'completed' };
    const nothing = async function* () {};
    expect((await view(ended, 3, nothing)).status).toBe(204);
    await app?.close();
    expect((await view(ended, 2, nothing)).status).toBe(200);
    await app?.close();
    expect((await view(run, 3, nothing)).status).toBe(200);
  });

  it('[P6] a log that cannot be read breaks the stream, so that it looks like no end, and is logged, once', async () => {
    const { status, text, logged } = await view(run, 0, async function* () {
      yield [delta(0)];
      throw new Error('disk I/O error');
    });
    expect([status, text]).toEqual([200, 'broken: terminated']);
    expect(logged).toEqual([
      expect.objectContaining({
        event_type: 'stream_failed',
        details: { error: expect.stringContaining('disk I/O error') },
      }),
    ]);
  });
});

it('[C5] a batch is encoded once for all its viewers', () => {
  let times = 0;
  const encode = sharedEncoding((events) => {
    times += 1;
    return textOf(events);
  });
  const [one, two] = [[delta(0)], [delta(1)]];
  expect([encode(one, run), encode(one, run), encode(two, run), encode([delta(1)], run)]).toEqual([
    '0 ',
    '0 ',
    '1 ',
    '1 ',
  ]);
  expect(times).toBe(3);
});
