// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../testing/fake-server.ts';
import { ChatSession } from './chat-session.ts';
import { messageText } from './message-text.ts';

const settings = { provider_id: 'demo', model_id: 'demo-model' };
const noEvents = { onConversation: () => undefined, onListChanged: () => undefined };
const NOT_FULL = { error_code: 'STORAGE_FULL', message: 'The disk is full.', details: {} } as const;

let server: FakeServer;
let watched: (() => void)[];

beforeEach(() => {
  server = new FakeServer();
  watched = [];
  vi.stubGlobal('fetch', server.fetch);
});
afterEach(() => {
  for (const leave of watched) leave();
  vi.unstubAllGlobals();
});

function open(conversationId: string | null, events = noEvents): ChatSession {
  const session = new ChatSession(conversationId, events);
  watched.push(session.subscribe(() => undefined));
  return session;
}

const texts = (session: ChatSession) =>
  session.snapshot().rows.map(({ id }) => messageText(session.messageOf(id) ?? { parts: [] }));
const answer = (session: ChatSession) => session.messageOf(session.snapshot().rows.at(-1)?.id ?? '');
const state = (session: ChatSession) => session.snapshot().state;
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
/** Spares a test the wait before a reconnect. */
const backOnline = () => window.dispatchEvent(new Event('online'));
const onlyRun = () => [...server.runs.keys()].at(-1) ?? '';

/** A session whose message was stored and whose run is being followed. */
async function sending(prompt = 'Hello'): Promise<{ session: ChatSession; runId: string }> {
  const session = open(null);
  await session.send(prompt, settings);
  return { session, runId: onlyRun() };
}

describe('sending', () => {
  it('shows the message and a waiting answer before the server has said anything', () => {
    const session = open(null);
    void session.send('Hello', settings);
    expect(texts(session)).toEqual(['Hello', '']);
    expect(state(session)).toBe('waiting');
    expect(session.snapshot().activity).toEqual({ kind: 'sending' });
  });

  it('gives a new conversation its id once, and keeps the keys of what is shown', async () => {
    const onConversation = vi.fn();
    const session = open(null, { ...noEvents, onConversation });
    const sent = session.send('Hello', settings);
    const keys = session.snapshot().rows.map((row) => row.key);
    await sent;
    await until(() => expect(session.snapshot().rows.map((row) => row.id)).toEqual([...server.messages.keys()]));
    expect(session.snapshot().rows.map((row) => row.key)).toEqual(keys);
    expect(onConversation).toHaveBeenCalledExactlyOnceWith(session, session.snapshot().conversationId);
  });

  it('sends the end of what is shown as the parent, so that another page cannot move it', async () => {
    const { session, runId } = await sending();
    server.write(runId, 'Hi');
    server.finish(runId);
    await until(() => expect(state(session)).toBe('idle'));
    const end = session.snapshot().rows.at(-1)?.id;
    await session.send('And now?', settings);
    expect(server.requestsTo('POST', '/runs').at(-1)?.body).toMatchObject({ parent_id: end, prompt: 'And now?' });
  });

  it('takes the message back when the server refuses it, with the reason', async () => {
    const session = open(null);
    server.refuse = { status: 507, body: NOT_FULL };
    expect(await session.send('Hello', settings)).toBe(false);
    expect(texts(session)).toEqual([]);
    expect(session.snapshot().problem).toEqual(NOT_FULL);
    expect(state(session)).toBe('idle');
  });

  it('becomes one run when the answer to the request is lost and it is sent again', async () => {
    const session = open(null);
    server.loseAnswers = 2;
    const sent = session.send('Hello', settings);
    await until(() => {
      backOnline();
      expect(server.requestsTo('POST', '/runs')).toHaveLength(3);
    });
    expect(await sent).toBe(true);
    expect(server.runs.size).toBe(1);
  });

  it('gives the text back when waiting for a server that is away is stopped', async () => {
    server.kill();
    const session = open(null);
    const sent = session.send('Hello', settings);
    await until(() => expect(session.snapshot().connected).toBe(false));
    session.stop();
    expect(await sent).toBe(false);
    expect(texts(session)).toEqual([]);
    expect(session.snapshot().problem).toBeNull();
  });
});

describe('following', () => {
  it('[LC-016] shows an answer as it grows and says what it is doing', async () => {
    const { session, runId } = await sending();
    server.append(runId, { type: 'run-progress', state: 'loading-model' });
    await until(() => expect(session.snapshot().activity).toEqual({ kind: 'loading-model' }));
    expect(state(session)).toBe('waiting');
    server.write(runId, 'Hel');
    await until(() => expect(texts(session)).toEqual(['Hello', 'Hel']));
    expect(state(session)).toBe('streaming');
    server.write(runId, 'lo');
    server.finish(runId);
    await until(() => expect(state(session)).toBe('idle'));
    expect(texts(session)).toEqual(['Hello', 'Hello']);
    expect(answer(session)?.status).toBe('completed');
  });

  it('says when the server will try again and why', async () => {
    const { session, runId } = await sending();
    const error = { error_code: 'PROVIDER_UNREACHABLE', message: 'Start Ollama.', details: {} } as const;
    server.append(runId, { type: 'retry-scheduled', attempt: 2, delay_ms: 2000, error });
    await until(() => expect(session.snapshot().activity).toMatchObject({ kind: 'retrying', attempt: 2, error }));
  });

  it('merges what arrives together: five hundred deltas are a handful of updates', async () => {
    const { session, runId } = await sending();
    let updates = 0;
    watched.push(session.subscribe(() => (updates += 1)));
    for (let n = 0; n < 500; n += 1) server.write(runId, `${n} `);
    server.finish(runId);
    await until(() => expect(state(session)).toBe('idle'));
    expect(answer(session) && messageText(answer(session) ?? { parts: [] })).toMatch(/^0 1 2 .* 499 $/);
    expect(updates).toBeLessThan(20);
  });

  it('[CW-3] neither repeats nor loses anything when the stream is cut after any number of events', async () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed;
    };
    server.cutAfter = () => 1 + (random() % 9);
    const { session, runId } = await sending();
    const expected = Array.from({ length: 60 }, (_, n) => `w${n} `);
    for (const word of expected) {
      server.write(runId, word);
      if (random() % 3 === 0) backOnline();
    }
    server.finish(runId);
    await until(() => {
      backOnline();
      expect(state(session)).toBe('idle');
    });
    expect(texts(session).at(-1)).toBe(expected.join(''));
    expect(server.requestsTo('GET', /events/).length).toBeGreaterThan(3);
  });

  it('keeps what is shown while the server is killed, and shows how its run ended after the restart', async () => {
    const { session, runId } = await sending();
    server.write(runId, 'Half an ans');
    await until(() => expect(texts(session).at(-1)).toBe('Half an ans'));
    server.kill();
    await until(() => expect(session.snapshot().connected).toBe(false));
    expect(texts(session)).toEqual(['Hello', 'Half an ans']);
    expect(state(session)).toBe('streaming');
    server.restart();
    backOnline();
    await until(() => expect(state(session)).toBe('idle'));
    expect(answer(session)).toMatchObject({ status: 'interrupted', error: { error_code: 'STREAM_INTERRUPTED' } });
    expect(texts(session)).toEqual(['Hello', 'Half an ans']);
    await until(() => expect(session.snapshot().connected).toBe(true));
  });

  it('settles by what is stored when the run is gone', async () => {
    const { session, runId } = await sending();
    server.write(runId, 'Half');
    await until(() => expect(texts(session).at(-1)).toBe('Half'));
    server.runs.delete(runId);
    server.cut();
    backOnline();
    await until(() => expect(state(session)).toBe('idle'));
    expect(answer(session)?.status).toBe('interrupted');
    expect(texts(session).at(-1)).toBe('Half');
  });

  it('lets go of its connection when nobody looks, and goes on where it was', async () => {
    const { session, runId } = await sending();
    server.write(runId, 'One ');
    await until(() => expect(texts(session).at(-1)).toBe('One '));
    session.rest();
    await until(() => expect(server.streams(/events/)).toBe(0));
    server.write(runId, 'two');
    session.wake();
    await until(() => expect(texts(session).at(-1)).toBe('One two'));
    expect(server.requestsTo('GET', /events/).at(-1)?.path).toMatch(/from=2$/);
  });
});

describe('stopping', () => {
  it('[CP-5] ends the run on the server and keeps what arrived', async () => {
    const { session, runId } = await sending();
    server.write(runId, 'Some');
    await until(() => expect(state(session)).toBe('streaming'));
    session.stop();
    session.stop();
    expect(session.snapshot().stopping).toBe(true);
    await until(() => expect(state(session)).toBe('idle'));
    expect(answer(session)?.status).toBe('stopped');
    expect(texts(session).at(-1)).toBe('Some');
    expect(server.requestsTo('POST', `/runs/${runId}/stop`)).toHaveLength(1);
  });

  it('before the server has answered stops the run as soon as there is one', async () => {
    const session = open(null);
    const sent = session.send('Hello', settings);
    session.stop();
    expect(session.snapshot().stopping).toBe(true);
    expect(await sent).toBe(true);
    await until(() => expect(answer(session)?.status).toBe('stopped'));
  });

  it('is never caused by leaving', async () => {
    const { session, runId } = await sending();
    for (const leave of watched) leave();
    session.rest();
    await until(() => expect(server.streams(/events/)).toBe(0));
    expect(server.runs.get(runId)?.message.status).toBe('running');
    expect(server.requestsTo('POST', /stop/)).toEqual([]);
  });
});

describe('trying again', () => {
  it('asks the same on a branch of its own, from the same parent', async () => {
    const { session, runId } = await sending('First');
    server.finish(runId);
    await until(() => expect(state(session)).toBe('idle'));
    const end = session.snapshot().rows.at(-1)?.id;
    await session.send('Second', settings);
    server.finish(onlyRun(), 'failed', { error_code: 'PROVIDER_ERROR', message: 'No.', details: {} });
    await until(() => expect(answer(session)?.status).toBe('failed'));

    await session.retry(session.snapshot().rows.at(-1)?.id ?? '', settings);
    expect(server.requestsTo('POST', '/runs').at(-1)?.body).toMatchObject({ prompt: 'Second', parent_id: end });
    expect(texts(session)).toEqual(['First', '', 'Second', '']);
    expect(server.messages.size).toBe(6);
  });

  it('of the first question names the beginning as its parent', async () => {
    const { session, runId } = await sending('First');
    server.finish(runId, 'failed', { error_code: 'PROVIDER_ERROR', message: 'No.', details: {} });
    await until(() => expect(state(session)).toBe('idle'));
    await session.retry(session.snapshot().rows.at(-1)?.id ?? '', settings);
    expect(server.requestsTo('POST', '/runs').at(-1)?.body).toMatchObject({ prompt: 'First', parent_id: null });
    expect(texts(session)).toEqual(['First', '']);
  });

  it('keeps the first answer within reach: versions can be changed, here and on the server', async () => {
    const { session, runId } = await sending('First');
    server.write(runId, 'One');
    server.finish(runId, 'interrupted');
    await until(() => expect(state(session)).toBe('idle'));
    expect(session.snapshot().rows[0]?.versions).toBeUndefined();
    await session.retry(session.snapshot().rows.at(-1)?.id ?? '', settings);
    server.write(onlyRun(), 'Two');
    server.finish(onlyRun());
    await until(() => expect(state(session)).toBe('idle'));
    expect(texts(session)).toEqual(['First', 'Two']);

    const [first, second] = session.snapshot().rows[0]?.versions ?? [];
    expect(session.snapshot().rows[0]?.id).toBe(second);
    await session.showVersion(first ?? '');
    expect(texts(session)).toEqual(['First', 'One']);
    expect(server.leaves.get(session.snapshot().conversationId ?? '')).toBe(session.snapshot().rows.at(-1)?.id);
    session.refresh();
    await until(() => expect(server.requestsTo('GET', /messages$/)).not.toEqual([]));
    expect(texts(session)).toEqual(['First', 'One']);
  });
});

describe('opening', () => {
  it('joins an answer that is being written and never shows less of it than was stored', async () => {
    const run = server.startRun({ prompt: 'Hello' });
    server.write(run.id, 'Already a long beginning');
    const session = open(run.conversation_id);
    const seen: string[] = [];
    watched.push(session.subscribe(() => seen.push(texts(session).at(-1) ?? '')));
    await until(() => expect(texts(session)).toEqual(['Hello', 'Already a long beginning']));
    server.write(run.id, ', and more');
    server.finish(run.id);
    await until(() => expect(state(session)).toBe('idle'));
    expect(texts(session).at(-1)).toBe('Already a long beginning, and more');
    expect(seen.filter((text) => text !== '').every((text) => text.startsWith('Already a long beginning'))).toBe(true);
  });

  it('shows the same after a reload as it did live', async () => {
    const { session, runId } = await sending();
    server.append(runId, { type: 'reasoning-delta', text: 'Let me see.' });
    server.append(runId, { type: 'tool-call', call_id: 'c1', name: 'clock', arguments: '{}' });
    server.append(runId, { type: 'tool-result', call_id: 'c1', output: 'noon', is_error: false });
    server.write(runId, 'It is noon.');
    server.finish(runId);
    await until(() => expect(state(session)).toBe('idle'));
    const reloaded = open(session.snapshot().conversationId);
    await until(() => expect(reloaded.snapshot().loading).toBe('ready'));
    expect(answer(reloaded)).toEqual(answer(session));
  });

  it('says so when there is no such conversation', async () => {
    const session = open('conv_none');
    await until(() => expect(session.snapshot().loading).toBe('missing'));
  });

  it('takes a message before the conversation is there, and puts it at its end', async () => {
    const run = server.startRun({ prompt: 'Hello' });
    server.finish(run.id);
    const session = open(run.conversation_id);
    await session.send('At once', settings);
    expect(server.requestsTo('POST', '/runs').at(-1)?.body).not.toHaveProperty('parent_id');
    session.refresh();
    await until(() => expect(texts(session)).toEqual(['Hello', '', 'At once', '']));
  });

  it('waits for a server that is away', async () => {
    const run = server.startRun({ prompt: 'Hello' });
    server.finish(run.id);
    server.kill();
    const session = open(run.conversation_id);
    await until(() => expect(session.snapshot().connected).toBe(false));
    server.restart();
    backOnline();
    await until(() => expect(texts(session)).toEqual(['Hello', '']));
    expect(session.snapshot().connected).toBe(true);
  });
});

describe('a second page', () => {
  it('sees what the first one sends, and both show the same', async () => {
    const { session: first, runId } = await sending('From one');
    server.finish(runId);
    await until(() => expect(state(first)).toBe('idle'));
    const second = open(first.snapshot().conversationId);
    await until(() => expect(texts(second)).toEqual(['From one', '']));

    await first.send('Again', settings);
    second.refresh();
    await until(() => expect(texts(second)).toEqual(['From one', '', 'Again', '']));
    server.write(onlyRun(), 'Seen by both');
    server.finish(onlyRun());
    await until(() => expect(state(second)).toBe('idle'));
    await until(() => expect(state(first)).toBe('idle'));
    expect(texts(second)).toEqual(texts(first));
    expect(answer(second)).toEqual(answer(first));
  });

  it('can stop what the first one started', async () => {
    const { session: first } = await sending('From one');
    const second = open(first.snapshot().conversationId);
    await until(() => expect(state(second)).toBe('waiting'));
    second.stop();
    await until(() => expect(answer(first)?.status).toBe('stopped'));
    await until(() => expect(answer(second)?.status).toBe('stopped'));
  });

  it('does not let an answer that is older than the screen undo what was just sent', async () => {
    const { session, runId } = await sending();
    server.finish(runId);
    await until(() => expect(state(session)).toBe('idle'));
    const before = await (
      await server.fetch(`/api/chat/sessions/${session.snapshot().conversationId}/messages`)
    ).json();
    const late = Promise.withResolvers<void>();
    vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
      if (!path.endsWith('/messages')) return server.fetch(path, init);
      await late.promise;
      vi.stubGlobal('fetch', server.fetch);
      return Response.json(before);
    });
    session.refresh();
    await session.send('Newer', settings);
    late.resolve();
    await until(() => expect(server.requestsTo('GET', /messages$/).length).toBeGreaterThan(1));
    await until(() => expect(texts(session)).toEqual(['Hello', '', 'Newer', '']));
  });
});
