/** `useChat`'s own `Chat`, with the transport it comes with and with one that sends the new message alone. */
import { Chat } from '@ai-sdk/react';
import { DefaultChatTransport, type UIMessage, uiMessageChunkSchema } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../contract/support/contract-server.ts';
import { type Gateway, numbered, saying, startGateway } from './support/gateway.ts';

let on: Gateway;
beforeAll(async () => {
  on = await startGateway();
});
afterAll(() => on?.stop());

const ENDLESS = 'u26-endless?delay=20';
let serial = 0;

interface Tab {
  chat: Chat<UIMessage>;
  /** Who answers from here on. */
  model: string;
  /** What came in passing. */
  data: string[];
  /** Breaks the connection under the answer, as a lost network does. */
  cut(): void;
}

type Kind = 'stock' | 'minimal';

/** A page with this chat open. */
function open(kind: Kind, model: string, id = `chat-${++serial}`, messages: UIMessage[] = []): Tab {
  let line: AbortController | undefined;
  const transport = new DefaultChatTransport({
    api: `${on.server.url}/api/chat`,
    body: () => ({ provider_id: 'up', model_id: tab.model }),
    fetch: (input, init) => {
      line = new AbortController();
      return fetch(input, { ...init, signal: AbortSignal.any([line.signal, ...(init?.signal ? [init.signal] : [])]) });
    },
    ...(kind === 'stock'
      ? {}
      : {
          prepareSendMessagesRequest: ({ id: chat, messages: shown, trigger, messageId, body }) => ({
            body: { ...body, id: chat, message: shown.at(-1), trigger, messageId },
          }),
        }),
  });
  const tab: Tab = {
    chat: new Chat({ id, transport, messages, onData: ({ type }) => tab.data.push(type) }),
    model,
    data: [],
    cut: () => line?.abort(new Error('the network is gone')),
  };
  return tab;
}

function said(message: UIMessage | undefined): string {
  return message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? '';
}

const all = ({ chat }: Tab) => chat.messages.map((message) => `${message.role}: ${said(message)}`);

/** Resolves when the answer has begun to appear. */
const growing = ({ chat }: Tab) =>
  until(
    async () => (chat.lastMessage?.role === 'assistant' ? said(chat.lastMessage).length : 0),
    (length) => length > 0,
  );

const route = ({ chat }: Tab, path: string) => `/api/chat/${encodeURIComponent(chat.id)}/${path}`;

/** Stops the answer on the server, and gives it as the server keeps it. */
async function stop(tab: Tab, body: object = {}): Promise<UIMessage> {
  const { status, json } = await on.post(route(tab, 'stop'), body);
  expect(status).toBe(200);
  return json as unknown as UIMessage;
}

/** As a page would have stored it, without the id that the SDK notes at parts that reason. */
function plain(message: UIMessage | undefined): UIMessage {
  const text = JSON.stringify(message, (key, value) =>
    /^reasoning-\d+$/.test(String(value)) && key === 'id' ? undefined : value,
  );
  return JSON.parse(text) as UIMessage;
}

describe.each<Kind>(['stock', 'minimal'])('useChat, %s transport', (kind) => {
  it('[CP-3] sends, shows the answer as it is stored, and goes on', async () => {
    const tab = open(kind, 'thinking');
    await tab.chat.sendMessage({ text: 'First' });
    expect([tab.chat.status, tab.chat.error]).toEqual(['ready', undefined]);
    const answer = plain(tab.chat.lastMessage);
    expect(answer.parts).toEqual([
      { type: 'step-start' },
      { type: 'reasoning', text: 'Let me think about it.', state: 'done' },
      { type: 'text', text: numbered(5), state: 'done' },
    ]);
    expect(answer.metadata).toMatchObject({
      provider_id: 'up',
      model_id: 'thinking',
      status: 'completed',
      finish_reason: 'stop',
      usage: { completion_tokens: 8 },
    });
    expect(await stop(tab)).toEqual(answer);
    tab.model = 'echo';
    await tab.chat.sendMessage({ text: 'Second' });
    const asked = JSON.parse(said(tab.chat.lastMessage)) as { messages: unknown[] };
    expect(asked.messages).toEqual([
      { role: 'system', content: 'From the settings.' },
      { role: 'user', content: 'First' },
      { role: 'assistant', content: numbered(5) },
      { role: 'user', content: 'Second' },
    ]);
  });

  it('[CW-3] a page that is opened again in mid-answer takes it up from its first word', async () => {
    const before = open(kind, ENDLESS);
    void before.chat.sendMessage({ text: 'Go on' });
    await growing(before);
    await before.chat.stop(); // closing a page looks like this, and stops nothing
    const seen = said(before.chat.lastMessage);
    const after = open(kind, ENDLESS, before.chat.id, before.chat.messages.slice(0, 1));
    const resumed = after.chat.resumeStream();
    await until(
      async () => said(after.chat.lastMessage).length,
      (length) => length > seen.length,
    );
    expect(said(after.chat.lastMessage).startsWith(seen)).toBe(true);
    const kept = await stop(after);
    await resumed;
    expect(after.chat.status).toBe('ready');
    expect(plain(after.chat.lastMessage)).toEqual(kept);
    expect(kept.id).toBe(before.chat.lastMessage?.id);
    await after.chat.resumeStream();
    expect([after.chat.status, after.chat.messages.length]).toEqual(['ready', 2]);
  });

  it('[CW-3] an answer whose connection broke is taken up by resumeStream, without gap or repeat', async () => {
    const tab = open(kind, 'ok?tokens=60&delay=15');
    const sent = tab.chat.sendMessage({ text: 'Go on' });
    await growing(tab);
    tab.cut();
    await sent;
    expect(tab.chat.status).toBe('error');
    await tab.chat.resumeStream();
    expect([tab.chat.status, tab.chat.error]).toEqual(['ready', undefined]);
    expect(all(tab)).toEqual(['user: Go on', `assistant: ${numbered(60)}`]);
  });

  it('[CW-3] two tabs see one answer, and one of them stops it for both', async () => {
    const first = open(kind, ENDLESS);
    const sent = first.chat.sendMessage({ text: 'Go on' });
    await growing(first);
    const second = open(kind, ENDLESS, first.chat.id, first.chat.messages.slice(0, 1));
    const watched = second.chat.resumeStream();
    await growing(second);
    const { metadata } = plain(first.chat.lastMessage) as UIMessage<{ run_id: string }>;
    const run = metadata?.run_id;
    expect((await stop(second, { activeStreamId: 'run_of_yesterday' })).metadata).toMatchObject({ status: 'running' });
    const kept = await stop(second, { activeStreamId: run });
    await Promise.all([sent, watched]);
    expect(kept.metadata).toMatchObject({ run_id: run, status: 'stopped' });
    for (const { chat } of [first, second]) {
      expect([chat.status, plain(chat.lastMessage)]).toEqual(['ready', kept]);
    }
    expect(await stop(first)).toEqual(kept);
  });

  it('[CP-6] answers anew, the last message and an earlier one', async () => {
    const tab = open(kind, saying('One.'));
    await tab.chat.sendMessage({ text: 'First' });
    const first = tab.chat.lastMessage?.id;
    tab.model = saying('Two.');
    await tab.chat.regenerate();
    expect(all(tab)).toEqual(['user: First', 'assistant: Two.']);
    expect(tab.chat.lastMessage?.id).not.toBe(first);
    await tab.chat.sendMessage({ text: 'Second' });
    tab.model = saying('Three.');
    const [, answer] = tab.chat.messages;
    await tab.chat.regenerate({ ...(answer ? { messageId: answer.id } : {}) });
    expect(all(tab)).toEqual(['user: First', 'assistant: Three.']);
    const { json } = await on.get('/api/chat/sessions?limit=1');
    const [session] = json.items as { id: string; title: string }[];
    expect(session?.title).toBe('First');
    const tree = (await on.get(`/api/chat/sessions/${session?.id}/messages`)).json;
    expect((tree.items as unknown[]).length).toBe(6);
    expect(tree.active_leaf_id).toBe(tab.chat.lastMessage?.id);
  });

  it('[CP-6] edits a message in the middle, and goes on from there', async () => {
    const tab = open(kind, 'ok?tokens=2');
    await tab.chat.sendMessage({ text: 'First' });
    await tab.chat.sendMessage({ text: 'Second' });
    await tab.chat.sendMessage({ text: 'Third' });
    const edited = tab.chat.messages[2]?.id ?? '';
    tab.model = 'echo';
    await tab.chat.sendMessage({ text: 'Better', messageId: edited });
    const asked = () =>
      (JSON.parse(said(tab.chat.lastMessage)) as { messages: { content: string }[] }).messages
        .slice(1)
        .map(({ content }) => content);
    expect(asked()).toEqual(['First', numbered(2), 'Better']);
    await tab.chat.regenerate();
    expect(asked()).toEqual(['First', numbered(2), 'Better']);
    await tab.chat.sendMessage({ text: 'Best', messageId: edited });
    expect(asked()).toEqual(['First', numbered(2), 'Best']);
    expect(tab.chat.messages).toHaveLength(4);
  });

  it('[CW-4] a failure is an error in words, and what arrived before it stays', async () => {
    const tab = open(kind, 'u17-error');
    await tab.chat.sendMessage({ text: 'Go' });
    expect(tab.chat.status).toBe('error');
    expect(tab.chat.error?.message).toBe('up failed to answer (502). It said: Provider disconnected');
    expect(said(tab.chat.lastMessage)).toBe(numbered(3));
    expect(tab.chat.lastMessage?.parts.every((part) => !('state' in part) || part.state === 'done')).toBe(true);
    tab.model = saying('Better.');
    await tab.chat.regenerate();
    expect([tab.chat.status, ...all(tab)]).toEqual(['ready', 'user: Go', 'assistant: Better.']);
  });

  it('[CW-4] an answer that breaks off is an error too, and never a silent end', async () => {
    const tab = open(kind, 'u9-eof-no-finish');
    await tab.chat.sendMessage({ text: 'Go' });
    expect([tab.chat.status, said(tab.chat.lastMessage)]).toEqual(['error', numbered(3)]);
  });

  it('[CP-3] a request that is refused is an error, and can be sent again', async () => {
    const tab = open(kind, 'ok');
    await tab.chat.sendMessage({ text: 'Go' }, { body: { temperature: 9 } });
    expect(tab.chat.status).toBe('error');
    expect(JSON.parse(tab.chat.error?.message ?? '')).toMatchObject({ error_code: 'INVALID_REQUEST' });
    await tab.chat.regenerate();
    expect(all(tab)).toEqual(['user: Go', `assistant: ${numbered(20)}`]);
  });

  it('[CP-8] sends an image', async () => {
    const tab = open(kind, 'echo');
    const url = 'data:image/png;base64,iVBORw0KGgo=';
    await tab.chat.sendMessage({ text: 'Look', files: [{ type: 'file', mediaType: 'image/png', url }] });
    expect(said(tab.chat.lastMessage)).toContain(url);
  });

  it('[CP-4] a tool the model wants is shown as a tool of any name', async () => {
    const tab = open(kind, 'u25-tool-call');
    await tab.chat.sendMessage({ text: 'Go' });
    expect(tab.chat.lastMessage?.parts).toMatchObject([
      { type: 'step-start' },
      { type: 'dynamic-tool', toolName: 'add', state: 'input-available', input: { a: 1, b: 2 } },
    ]);
  });
});

it('[CP-6] a chat the server has never seen is taken over from the page that shows it', async () => {
  const messages: UIMessage[] = [
    { id: 'u1', role: 'user', parts: [{ type: 'text', text: 'Before' }] },
    { id: 'a1', role: 'assistant', parts: [{ type: 'text', text: 'Said before' }] },
  ];
  const tab = open('stock', 'echo', undefined, messages);
  await tab.chat.sendMessage({ text: 'Now' });
  const { messages: asked } = JSON.parse(said(tab.chat.lastMessage)) as { messages: { content: string }[] };
  expect(asked.slice(1).map(({ content }) => content)).toEqual(['Before', 'Said before', 'Now']);
});

it('[LC-007] trying again and waiting reach onData, and no message', async () => {
  const retrying = await startGateway({ settings: 'retry: { attempts: 1, delay_ms: 20 }' });
  const previous = on;
  on = retrying;
  try {
    const tab = open('stock', 'flaky');
    await tab.chat.sendMessage({ text: 'Go' });
    expect(tab.data).toEqual(['data-retry']);
    expect(all(tab)).toEqual(['user: Go', `assistant: ${numbered(20)}`]);
    expect(tab.chat.lastMessage?.parts.map(({ type }) => type)).toEqual(['step-start', 'text']);
  } finally {
    on = previous;
    await retrying.stop();
  }
});

it("[CP-3] every chunk is one of the SDK's own, in every kind of ending", async () => {
  const schema = uiMessageChunkSchema();
  for (const model of ['thinking', 'u17-error', 'u25-tool-call', 'u23-length', 'u22-content-filter', 'u14-empty']) {
    const message = { id: 'u1', role: 'user', parts: [{ type: 'text', text: 'Go' }] };
    const { text } = await on.post('/api/chat', { id: `every-${model}`, message, provider_id: 'up', model_id: model });
    const data = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => json ?? '');
    expect(data.pop()).toBe('[DONE]');
    expect(data.length).toBeGreaterThan(2);
    for (const json of data) expect(await schema.validate?.(JSON.parse(json))).toMatchObject({ success: true });
  }
});
