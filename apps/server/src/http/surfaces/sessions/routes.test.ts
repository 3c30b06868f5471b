import { type Message, messageText, type SessionsArchive } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Script, saying } from '../../../engine/testing/scripted-provider.ts';
import { type Served, serve } from '../../testing/serve.ts';

const SESSIONS = '/api/chat/sessions';
const HANGING: Script = [[{ type: 'text-delta', text: 'half' }], 'hang'];

let served: Served;
beforeEach(async () => {
  served = await serve([saying('Take the ', 'night train.')]);
});
afterEach(() => served.close());

async function call(method: string, path: string, body?: unknown) {
  const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) };
  const answer = await fetch(`${served.url}${path}`, method === 'GET' ? {} : init);
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json');
  return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

async function chat(prompt: string, more: object = {}) {
  const { status, json } = await call('POST', '/chat/wait', { prompt, ...more });
  expect(status).toBe(200);
  return json as { conversation_id: string; message_id: string; run_id: string };
}

const messagesOf = async (id: string, query = '') =>
  (await call('GET', `${SESSIONS}/${id}/messages${query}`)).json as { items: Message[]; active_leaf_id: string };
const idsOf = async (query: string) =>
  ((await call('GET', `${SESSIONS}?${query}`)).json.items as { id: string }[]).map(({ id }) => id);

describe('searching and listing', () => {
  it('[CP-6] finds chats as one types, archived ones too, and says where', async () => {
    const { conversation_id: id, message_id } = await chat('How do I get to Lisbon?');
    await chat('Something else');
    expect(await idsOf('q=LISB')).toEqual([id]);
    await call('PATCH', `${SESSIONS}/${id}`, { archived: true });
    expect(await idsOf('')).not.toContain(id);
    expect(await idsOf('archived=true')).toEqual([id]);
    const { items } = (await call('GET', `${SESSIONS}?q=${encodeURIComponent('night tr')}&archived=true`)).json;
    const session = (await call('GET', `${SESSIONS}/${id}`)).json;
    const match = {
      message_id,
      snippet: 'Take the night train.',
      marks: [
        [9, 14],
        [15, 20],
      ],
    };
    expect(items).toEqual([{ ...session, match }]);
    expect(await idsOf(`q=${encodeURIComponent(' " ')}`)).toEqual([]);
    expect(await idsOf('q=')).toHaveLength(1);
  });

  it('[CP-6] answers many different searches at once', async () => {
    const { conversation_id: id } = await chat('one two three four');
    const asked = ['one', 'two', 'three', 'four', 'train', 'lost'].map((q) => idsOf(`q=${q}`));
    expect(await Promise.all(asked)).toEqual([[id], [id], [id], [id], [id], []]);
  });

  it('[CP-6] lists what was deleted with its time, until it is restored', async () => {
    const { conversation_id: id } = await chat('Secret?');
    await call('DELETE', `${SESSIONS}/${id}`);
    expect(await idsOf('q=secret')).toEqual([]);
    const { items } = (await call('GET', `${SESSIONS}?deleted=true`)).json;
    expect(items).toMatchObject([{ id, title: 'Secret?', deleted_at: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    expect((await call('POST', `${SESSIONS}/${id}/restore`)).status).toBe(200);
    expect(await idsOf('deleted=true')).toEqual([]);
    expect(await idsOf('q=secret')).toEqual([id]);
  });

  it('[CW-6] names each fault of a request', async () => {
    const { conversation_id: id, message_id } = await chat('Hello');
    const path = `${SESSIONS}/${id}/messages`;
    for (const [method, url, body, fault] of [
      ['GET', `${SESSIONS}?archived=yes`, undefined, 'archived'],
      ['GET', `${SESSIONS}?deleted=true&q=x`, undefined, 'q'],
      ['GET', `${SESSIONS}?deleted=true&archived=true`, undefined, 'archived'],
      ['GET', `${SESSIONS}?q=${'x'.repeat(501)}`, undefined, 'q'],
      ['GET', `${SESSIONS}?q=x&cursor=junk`, undefined, 'cursor'],
      ['GET', `${SESSIONS}?deleted=true&cursor=junk`, undefined, 'cursor'],
      ['GET', `${path}?limit=0`, undefined, 'limit'],
      ['GET', `${path}?hidden=true&limit=5`, undefined, 'hidden'],
      ['GET', `${path}?leaf=a&before=b`, undefined, 'before'],
      ['PATCH', `${path}/${message_id}`, {}, 'text'],
      ['PATCH', `${path}/${message_id}`, { text: '' }, 'text'],
      ['POST', `${SESSIONS}/${id}/fork`, { message_id: 7 }, 'message_id'],
      ['GET', `${SESSIONS}/${id}/export?format=pdf`, undefined, 'format'],
      ['GET', `${SESSIONS}/export?format=pdf`, undefined, 'format'],
      ['POST', `${SESSIONS}/import`, { format: 'other', version: 1, sessions: [{}] }, 'format'],
    ] as const) {
      const { status, json } = await call(method, url, body);
      const issues = json.details?.issues?.map((issue: { path: string }) => issue.path);
      expect([url, status, json.error_code, issues]).toEqual([
        url,
        400,
        'INVALID_REQUEST',
        expect.arrayContaining([fault]),
      ]);
    }
  });

  it('[CW-6] says what does not exist', async () => {
    const { conversation_id: id, message_id } = await chat('Hello');
    const { conversation_id: other } = await chat('Elsewhere');
    for (const [method, url] of [
      ['PATCH', `${SESSIONS}/${other}/messages/${message_id}`],
      ['DELETE', `${SESSIONS}/${other}/messages/${message_id}`],
      ['POST', `${SESSIONS}/${other}/messages/${message_id}/restore`],
      ['GET', `${SESSIONS}/${other}/messages?leaf=${message_id}`],
      ['GET', `${SESSIONS}/${other}/messages?before=${message_id}`],
      ['POST', `${SESSIONS}/conv_none/fork`],
      ['GET', `${SESSIONS}/conv_none/export`],
    ] as const) {
      const { status, json } = await call(method, url, { text: 'x' });
      expect([method, url, status, json.error_code]).toEqual([method, url, 404, 'NOT_FOUND']);
    }
    const { status } = await call('POST', `${SESSIONS}/${id}/fork`, { message_id: 'msg_none' });
    expect(status).toBe(404);
  });
});

describe('titles', () => {
  it('[CP-6] are asked from the model of the settings when the first answer has ended, and only then', async () => {
    await served.close();
    const scripts = [saying('Take the night train.'), saying('**Night train**'), saying('Or fly.')];
    served = await serve(scripts, { titles: { model: 'scripted/small' } });
    const { conversation_id: id } = await chat('How do I get to Lisbon?');
    const title = async () => (await call('GET', `${SESSIONS}/${id}`)).json.title;
    await vi.waitFor(async () => expect(await title()).toBe('Night train'));
    await chat('Another way?', { conversation_id: id });
    expect(served.provider.requests.map(({ model_id }) => model_id)).toEqual(['model', 'small', 'model']);
    expect(await title()).toBe('Night train');
    expect((await messagesOf(id)).items).toHaveLength(4);
  });
});

describe('messages', () => {
  it('[CP-6] an edited question is another version, and is answered anew', async () => {
    const { conversation_id: id, message_id } = await chat('Wich train?');
    const [asked] = (await messagesOf(id)).items;
    const { status, json: edited } = await call('PATCH', `${SESSIONS}/${id}/messages/${asked?.id}`, {
      text: 'Which train?',
    });
    expect([status, edited.role, messageText(edited)]).toEqual([200, 'user', 'Which train?']);
    expect((await messagesOf(id)).active_leaf_id).toBe(edited.id);
    const { json: run } = await call('POST', '/runs', { conversation_id: id, parent_id: edited.id });
    await vi.waitFor(async () => expect((await call('GET', `/runs/${run.id}`)).json.status).toBe('completed'));
    expect(served.provider.requests.at(-1)?.messages).toEqual([{ role: 'user', text: 'Which train?' }]);
    const { items, active_leaf_id } = await messagesOf(id);
    expect(items).toHaveLength(4);
    expect(active_leaf_id).toBe(run.message_id);
    const corrected = await call('PATCH', `${SESSIONS}/${id}/messages/${message_id}`, { text: 'The day train.' });
    expect(corrected.json).toMatchObject({
      role: 'assistant',
      status: 'completed',
      run_id: null,
      parent_id: asked?.id,
    });
  });

  it('[CP-6] deleted messages are in no prompt, search or tree, and come back', async () => {
    const { conversation_id: id, message_id } = await chat('First');
    const second = await chat('Second', { conversation_id: id });
    const path = await messagesOf(id);
    const asked = path.items.at(-2)?.id;
    const deleted = await call('DELETE', `${SESSIONS}/${id}/messages/${asked}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await messagesOf(id)).active_leaf_id).toBe(message_id);
    expect(await idsOf('q=second')).toEqual([]);
    expect((await messagesOf(id, '?hidden=true')).items).toHaveLength(4);
    await chat('Third', { conversation_id: id });
    const prompt = served.provider.requests.at(-1)?.messages.map(({ text }) => text);
    expect(prompt).toEqual(['First', 'Take the night train.', 'Third']);
    const together = await call('POST', `${SESSIONS}/${id}/messages/${second.message_id}/restore`);
    expect([together.status, together.json.error_code]).toEqual([409, 'CONFLICT']);
    const restored = await call('POST', `${SESSIONS}/${id}/messages/${asked}/restore`);
    expect([restored.status, restored.json.id]).toEqual([200, asked]);
    expect((await messagesOf(id)).items).toHaveLength(6);
  });

  it('[CP-6] deleting a message stops the answer that is written below it', async () => {
    await served.close();
    served = await serve([HANGING]);
    const { json: run } = await call('POST', '/runs', { prompt: 'Go on for ever' });
    const { items } = await messagesOf(run.conversation_id);
    const edit = await call('PATCH', `${SESSIONS}/${run.conversation_id}/messages/${run.message_id}`, { text: 'x' });
    expect([edit.status, edit.json.error_code]).toEqual([409, 'CONFLICT']);
    const fork = await call('POST', `${SESSIONS}/${run.conversation_id}/fork`);
    expect([fork.status, fork.json.error_code]).toEqual([409, 'CONFLICT']);
    expect((await call('DELETE', `${SESSIONS}/${run.conversation_id}/messages/${items[0]?.id}`)).status).toBe(204);
    expect((await call('GET', `/runs/${run.id}`)).json.status).toBe('stopped');
    expect(await messagesOf(run.conversation_id)).toEqual({ items: [], active_leaf_id: null });
  });

  it('[CA-3] come in pages of the branch that is shown', async () => {
    const { conversation_id: id } = await chat('One');
    for (const prompt of ['Two', 'Three']) await chat(prompt, { conversation_id: id });
    const whole = await messagesOf(id);
    const last = (await call('GET', `${SESSIONS}/${id}/messages?limit=4`)).json;
    expect(last).toEqual({
      items: whole.items.slice(2),
      active_leaf_id: whole.active_leaf_id,
      before: whole.items[2]?.id,
      versions: {},
    });
    const first = (await call('GET', `${SESSIONS}/${id}/messages?limit=4&before=${last.before}`)).json;
    expect(first).toMatchObject({ items: whole.items.slice(0, 2), before: null });
  });
});

describe('copies', () => {
  it('[CP-6] a fork has the branch up to a message, under new ids, and goes its own way', async () => {
    const { conversation_id: id, message_id } = await chat('First');
    await chat('Second', { conversation_id: id });
    const { status, json: fork } = await call('POST', `${SESSIONS}/${id}/fork`, { message_id });
    expect([status, fork.title, fork.pinned]).toEqual([201, 'First (fork)', false]);
    const copy = await messagesOf(fork.id);
    const original = await messagesOf(id);
    expect(copy.items.map(messageText)).toEqual(['First', 'Take the night train.']);
    expect(copy.items.map(({ parent_id }) => parent_id)).toEqual([null, copy.items[0]?.id]);
    expect(copy.active_leaf_id).toBe(copy.items[1]?.id);
    const ids = new Set(original.items.map((message) => message.id));
    expect(copy.items.some((message) => ids.has(message.id) || message.run_id !== null)).toBe(false);
    await chat('Elsewhere', { conversation_id: fork.id });
    expect((await messagesOf(id)).items).toHaveLength(4);
    const again = await call('POST', `${SESSIONS}/${fork.id}/fork`);
    expect(again.json.title).toBe('First (fork)');
    expect((await messagesOf(again.json.id)).items).toHaveLength(4);
    expect(await idsOf('q=elsewhere')).toEqual([again.json.id, fork.id]);
  });

  it('[CP-6] an export is a file with everything, and imported again it is the same under new ids', async () => {
    const { conversation_id: id, message_id } = await chat('Grüße 😀 "quoted"\n\\ and 天气');
    await call('PATCH', `${SESSIONS}/${id}/messages/${message_id}`, { text: 'Corrected' });
    await call('PATCH', `${SESSIONS}/${id}`, { title: '../Ärger <b>"\r\n', pinned: true });
    const answer = await call('GET', `${SESSIONS}/${id}/export?format=json`);
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="lightchat-arger-b-\d{4}-\d\d-\d\d\.json"; filename\*=UTF-8''lightchat-%C3%A4rger-b-[\d-]+\.json$/,
    );
    const archive: SessionsArchive = answer.json;
    expect(archive).toMatchObject({ format: 'lightchat-sessions', version: 1, sessions: [{ id, pinned: true }] });
    expect(archive.sessions[0]?.messages).toHaveLength(3);
    const imported = await call('POST', `${SESSIONS}/import`, archive);
    expect(imported.status).toBe(201);
    const [copy] = imported.json.items;
    expect(copy.id).not.toBe(id);
    const again: SessionsArchive = (await call('GET', `${SESSIONS}/${copy.id}/export`)).json;
    const named = (sessions: SessionsArchive) => {
      const [session] = sessions.sessions;
      const place = new Map(session?.messages.map((message, at) => [message.id, at]));
      return {
        ...session,
        id: undefined,
        active_leaf_id: place.get(session?.active_leaf_id ?? ''),
        messages: session?.messages.map((message) => ({
          ...message,
          id: undefined,
          run_id: undefined,
          parent_id: place.get(message.parent_id ?? ''),
        })),
      };
    };
    expect(named(again)).toEqual(named(archive));
    expect(await idsOf('q=corrected')).toEqual([copy.id, id]);
  });

  it('[CP-6] all conversations come in one export, archived ones too, deleted ones not', async () => {
    const ids: string[] = [];
    for (const prompt of ['One', 'Two', 'Three']) ids.push((await chat(prompt)).conversation_id);
    await call('PATCH', `${SESSIONS}/${ids[0]}`, { archived: true });
    await call('DELETE', `${SESSIONS}/${ids[1]}`);
    const { json, headers } = await call('GET', `${SESSIONS}/export`);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="lightchat-conversations-[\d-]+\.json"$/);
    expect(json.sessions.map(({ id }: { id: string }) => id)).toEqual([ids[0], ids[2]]);
    const markdown = await call('GET', `${SESSIONS}/export?format=markdown`);
    expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(markdown.text.match(/^# .*$/gm)).toEqual(['# One', '# Three']);
  });

  it('[CP-6] Markdown is for people: who said what and when, reasoning folded', async () => {
    await served.close();
    const thinking: Script = [
      [{ type: 'reasoning-delta', text: 'Hm.\n</details> ' }],
      [{ type: 'text-delta', text: '**Night** train.' }],
      [{ type: 'finish', reason: 'stop' }],
    ];
    served = await serve([thinking]);
    const { conversation_id: id } = await chat('How *fast*?');
    const { text } = await call('GET', `${SESSIONS}/${id}/export?format=markdown`);
    const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC';
    expect(text).toMatch(
      new RegExp(
        [
          `^# How fast \\?`,
          `\\*Begun ${time}, last changed ${time}\\*`,
          '## You',
          `\\*${time}\\*`,
          'How \\*fast\\*\\?',
          '## model',
          `\\*${time}\\*`,
          '<details>\n<summary>Reasoning</summary>',
          '> Hm\\.\n> &lt;/details>',
          '</details>',
          '\\*\\*Night\\*\\* train\\.\n$',
        ].join('\n\n'),
      ),
    );
  });

  it('[CP-6] Markdown holds what a tool was sent, however many fences are in it', async () => {
    const at = '2026-01-01T00:00:00.000Z';
    const call_ = { type: 'tool-call', call_id: 'c', name: 'n', arguments: '` '.repeat(300_000), state: 'done' };
    const parts = [call_, { ...call_, arguments: '````' }];
    const message = { id: 'm', parent_id: null, role: 'assistant', parts, created_at: at };
    const sessions = [{ title: 'Fences', created_at: at, updated_at: at, messages: [message] }];
    const { json } = await call('POST', `${SESSIONS}/import`, { format: 'lightchat-sessions', version: 1, sessions });
    const { text } = await call('GET', `${SESSIONS}/${json.items[0].id}/export?format=markdown`);
    expect(text).toContain(`\n\`\`\`\n${call_.arguments}\n\`\`\`\n`);
    expect(text.endsWith('\n`````\n````\n`````\n')).toBe(true);
  });

  it('[CP-6] an import is not believed: ids, order, addresses and depth are looked at, and nothing of it is kept', async () => {
    const at = '2026-01-01T00:00:00.000Z';
    const message = { id: 'm1', parent_id: null, role: 'user', parts: [{ type: 'text', text: 'Hi' }], created_at: at };
    const archive = (messages: unknown[], more: object = {}) => ({
      format: 'lightchat-sessions',
      version: 1,
      sessions: [{ title: 'Import', created_at: at, updated_at: at, messages, ...more }],
    });
    const file = { type: 'file', media_type: 'image/png', url: 'https://evil.test/pixel.png' };
    const page = { type: 'file', media_type: 'text/html', url: 'data:image/png;base64,AAAA' };
    const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`);
    const tool = { type: 'tool-call', call_id: 'c', name: 'n', arguments: '', state: 'done', provider_data: { deep } };
    const bad: [unknown, string][] = [
      [archive([message, message]), 'sessions.0.messages.1.id'],
      [
        archive([
          { ...message, parent_id: 'm2' },
          { ...message, id: 'm2' },
        ]),
        'sessions.0.messages.0.parent_id',
      ],
      [archive([{ ...message, role: 'system' }]), 'sessions.0.messages.0.role'],
      [archive([{ ...message, parts: [file] }]), 'sessions.0.messages.0.parts.0.url'],
      [archive([{ ...message, parts: [page] }]), 'sessions.0.messages.0.parts.0.url'],
      [archive([{ ...message, parts: [tool] }]), 'sessions.0.messages.0'],
      [archive([message], { active_leaf_id: 'none' }), 'sessions.0.active_leaf_id'],
      [archive([message], { created_at: 'yesterday' }), 'sessions.0.created_at'],
      [{ ...archive([message]), version: 2 }, 'version'],
      [{ ...archive([message]), sessions: [] }, 'sessions'],
    ];
    for (const [body, fault] of bad) {
      const { status, json } = await call('POST', `${SESSIONS}/import`, body);
      const issues = json.details.issues.map((issue: { path: string }) => issue.path);
      expect([fault, status, issues]).toEqual([fault, 400, [fault]]);
    }
    expect(await idsOf('')).toEqual([]);
    const running = { ...message, id: 'm2', parent_id: 'm1', role: 'assistant', status: 'running', run_id: 'run_x' };
    const future = { updated_at: '2999-01-01T00:00:00+02:00' };
    const { status, json } = await call('POST', `${SESSIONS}/import`, archive([message, running], future));
    expect(status).toBe(201);
    const [conversation] = json.items;
    expect(conversation.updated_at < '2990').toBe(true);
    const { items, active_leaf_id } = await messagesOf(conversation.id);
    expect(items.map(({ status, run_id }) => [status, run_id])).toEqual([
      ['completed', null],
      ['interrupted', null],
    ]);
    expect(active_leaf_id).toBe(items[1]?.id);
  });
});

describe('an import from the ends of time', () => {
  it.each(['0000-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59'])(
    '[CP-6] is listed, exported and imported again: %s',
    async (time) => {
      const sessions = [{ title: 'Far', created_at: time, updated_at: time, messages: [] }];
      const { json } = await call('POST', `${SESSIONS}/import`, { format: 'lightchat-sessions', version: 1, sessions });
      expect(json.items[0].updated_at).toMatch(/^(0001|2\d{3})-\d\d-\d\dT/);
      const file = (await call('GET', `${SESSIONS}/export`)).json;
      expect((await call('POST', `${SESSIONS}/import`, file)).status).toBe(201);
    },
  );
});

describe('pages elsewhere', () => {
  it('[CP-6] are told of every change', async () => {
    const { conversation_id: id } = await chat('First');
    const [asked] = (await messagesOf(id)).items;
    const listening = new AbortController();
    const { body } = await fetch(`${served.url}/api/changes`, { signal: listening.signal });
    let told = '';
    const reading = (async () => {
      for await (const piece of body ?? []) told += Buffer.from(piece).toString();
    })().catch(() => {});
    const changes = () => [...told.matchAll(/"conversation_id":"([^"]+)"/g)].map(([, changed]) => changed);
    const message = `${SESSIONS}/${id}/messages/${asked?.id}`;
    for (const [method, path, body] of [
      ['PATCH', `${SESSIONS}/${id}`, { title: 'Other' }],
      ['PATCH', message, { text: 'Changed' }],
      ['DELETE', message, {}],
      ['POST', `${message}/restore`, {}],
      ['DELETE', `${SESSIONS}/${id}`, {}],
      ['POST', `${SESSIONS}/${id}/restore`, {}],
    ] as const) {
      const before = changes().length;
      await call(method, path, body);
      await vi.waitFor(() => expect([path, changes().slice(before)]).toEqual([path, [id]]));
    }
    const { json: fork } = await call('POST', `${SESSIONS}/${id}/fork`);
    await vi.waitFor(() => expect(changes().at(-1)).toBe(fork.id));
    listening.abort();
    await reading;
  });
});
