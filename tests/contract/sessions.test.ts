/** `/api/chat/sessions`: conversations as resources, and the tree of their messages. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractServer, startContractServer } from './support/contract-server.ts';
import type { Json } from './support/event-stream.ts';
import { errorShape, filled, instant, text, usage, validationError } from './support/shapes.ts';

let on: ContractServer;
beforeAll(async () => {
  on = await startContractServer();
});
afterAll(() => on?.stop());

const sessions = '/api/chat/sessions';
const create = async (title: string) => (await on.post(sessions, { title })).json as Json & { id: string };
const listed = async () => ((await on.get(`${sessions}?limit=200`)).json.items as Json[]).map(({ id }) => id);
const tree = async (id: unknown) =>
  (await on.get(`${sessions}/${id}/messages`)).json as { items: Json[]; active_leaf_id: unknown };
const say = async (prompt: string, more: Json = {}) =>
  (await on.post('/chat/wait', { prompt, provider_id: 'up', model_id: 'parrot', ...more })).json;

const shape = { id: filled, title: text, pinned: false, archived: false, created_at: instant, updated_at: instant };

describe('conversations', () => {
  it('[CP-6] are created with or without a title, read, listed and changed, with their exact fields', async () => {
    const created = await on.post(sessions, { title: 'Holiday' });
    expect({ status: created.status, body: created.json }).toEqual({
      status: 201,
      body: { ...shape, title: 'Holiday' },
    });
    const untitled = await on.post(sessions, {});
    expect({ status: untitled.status, body: untitled.json }).toEqual({ status: 201, body: shape });
    const { id } = created.json;
    expect((await on.get(`${sessions}/${id}`)).json).toEqual(created.json);
    expect(await tree(id)).toEqual({ items: [], active_leaf_id: null });
    for (const change of [
      { title: 'Work' },
      { pinned: true },
      { archived: true },
      { pinned: false, archived: false },
    ]) {
      const answer = await on.call('PATCH', `${sessions}/${id}`, change);
      expect({ status: answer.status, body: answer.json }).toMatchObject({ status: 200, body: { id, ...change } });
      expect((await on.get(`${sessions}/${id}`)).json).toEqual(answer.json);
    }
    const list = await on.get(sessions);
    expect(list.json).toEqual({ items: expect.arrayContaining([{ ...shape, id, title: 'Work' }]), next_cursor: null });
  });

  it('[CP-6] are paged by cursor, each once, also when one is added meanwhile', async () => {
    for (let n = 0; n < 7; n += 1) await create(`Page ${n}`);
    const all = await listed();
    const seen: unknown[] = [];
    let cursor: unknown = null;
    do {
      const query = new URLSearchParams({ limit: '3', ...(cursor ? { cursor: String(cursor) } : {}) });
      const { json } = await on.get(`${sessions}?${query}`);
      const items = json.items as Json[];
      expect(items.length).toBeLessThanOrEqual(3);
      seen.push(...items.map(({ id }) => id));
      if (cursor === null) await create('Added meanwhile');
      cursor = json.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(all);
  });

  it('[CP-6] are hidden by DELETE and come back whole by restore', async () => {
    const { conversation_id: id } = await say('Keep this.');
    const before = { session: (await on.get(`${sessions}/${id}`)).json, tree: await tree(id) };
    const deleted = await on.call('DELETE', `${sessions}/${id}`);
    expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
    for (const [method, path, body] of [
      ['GET', `${sessions}/${id}`],
      ['GET', `${sessions}/${id}/messages`],
      ['PATCH', `${sessions}/${id}`, { title: 'No' }],
      ['POST', '/chat/wait', { prompt: 'No', provider_id: 'up', model_id: 'ok', conversation_id: id }],
    ] as const) {
      const answer = await on.call(method, path, body);
      expect({ path, status: answer.status, body: answer.json }).toEqual({
        path,
        status: 404,
        body: errorShape('NOT_FOUND'),
      });
    }
    expect(await listed()).not.toContain(id);
    const restored = await on.post(`${sessions}/${id}/restore`);
    expect({ status: restored.status, body: restored.json }).toMatchObject({ status: 200, body: { id } });
    expect(await tree(id)).toEqual(before.tree);
    expect((await on.get(`${sessions}/${id}`)).json).toMatchObject({ title: before.session.title });
    expect(await listed()).toContain(id);
  });

  it('[CP-6] a DELETE stops the answer that is being made', async () => {
    const run = await on.start('u26-endless?deleted');
    expect((await on.call('DELETE', `${sessions}/${run.conversation_id}`)).status).toBe(204);
    await on.upstream.waitFor(({ model, outcome }) => model === 'u26-endless?deleted' && outcome === 'aborted');
  });

  it('[CP-6] are found by words of title and messages as they are typed, and say where', async () => {
    const { conversation_id: id, message_id } = await say('Where does the Quokka live? 今天天气很好');
    for (const q of ['quok', 'QUOKKA', 'the quo', '"quokka', '天气']) {
      const { items } = (await on.get(`${sessions}?q=${encodeURIComponent(q)}`)).json as { items: Json[] };
      expect({ q, ids: items.map((item) => item.id) }).toEqual({ q, ids: [id] });
    }
    const [hit] = (await on.get(`${sessions}?q=quokka&limit=1`)).json.items as Json[];
    expect(hit).toEqual({ ...shape, id, title: text, match: { message_id: null, snippet: text, marks: [[15, 21]] } });
    await on.call('PATCH', `${sessions}/${id}`, { title: 'Animals', archived: true });
    const [inMessage] = (await on.get(`${sessions}?q=quokka`)).json.items as Json[];
    expect(inMessage).toMatchObject({ id, archived: true, match: { message_id } });
    expect(await listed()).not.toContain(id);
    expect(((await on.get(`${sessions}?archived=true`)).json.items as Json[]).map((item) => item.id)).toContain(id);
    await on.call('DELETE', `${sessions}/${id}`);
    expect((await on.get(`${sessions}?q=quokka`)).json).toEqual({ items: [], next_cursor: null });
    const [deleted] = (await on.get(`${sessions}?deleted=true`)).json.items as Json[];
    expect(deleted).toEqual({ ...shape, id, title: 'Animals', archived: true, deleted_at: instant });
  });

  it('[CW-6] are validated', async () => {
    const { id } = await create('Valid');
    for (const [method, path, body, fault] of [
      ['GET', `${sessions}?limit=0`, undefined, 'limit'],
      ['GET', `${sessions}?limit=many`, undefined, 'limit'],
      ['POST', sessions, { title: 7 }, 'title'],
      ['PATCH', `${sessions}/${id}`, { pinned: 'yes' }, 'pinned'],
    ] as const) {
      const answer = await on.call(method, path, body);
      expect({ path, status: answer.status, body: answer.json }).toEqual({
        path,
        status: 400,
        body: validationError(fault),
      });
    }
    const junk = await on.get(`${sessions}?cursor=junk`);
    expect({ status: junk.status, body: junk.json }).toEqual({ status: 400, body: errorShape('INVALID_REQUEST') });
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/messages'],
      ['POST', '/restore'],
    ] as const) {
      const answer = await on.call(method, `${sessions}/conv_none${path}`);
      expect({ method, path, status: answer.status, body: answer.json }).toEqual({
        method,
        path,
        status: 404,
        body: errorShape('NOT_FOUND'),
      });
    }
  });
});

describe('messages', () => {
  const message = { id: filled, parent_id: filled, role: text, status: 'completed', created_at: instant };

  it('[CA-2] are the whole tree in a stable order, with their exact fields', async () => {
    const first = await say('One.');
    const { conversation_id } = first;
    const { items, active_leaf_id } = await tree(conversation_id);
    expect(active_leaf_id).toBe(first.message_id);
    expect(items).toHaveLength(2);
    const [asked, answered] = items;
    const parts = [{ type: 'text', text: 'One.' }];
    expect(asked).toMatchObject({ ...message, parent_id: null, role: 'user', parts, run_id: null, usage: null });
    expect(answered).toMatchObject({
      ...message,
      id: first.message_id,
      parent_id: asked?.id,
      role: 'assistant',
      parts,
      run_id: first.run_id,
      provider_id: 'up',
      model_id: 'parrot',
      usage,
    });
    for (const one of items) {
      expect(Object.keys(one)).toEqual(
        expect.arrayContaining([...Object.keys(message), 'parts', 'run_id', 'provider_id', 'model_id', 'usage']),
      );
    }
  });

  it('[CA-3] branch where they were told to, and the newest branch is the active one', async () => {
    const first = await say('One.');
    const { conversation_id, message_id: parent_id } = first;
    const left = await say('Left.', { conversation_id, parent_id });
    const right = await say('Right.', { conversation_id, parent_id });
    const { items, active_leaf_id } = await tree(conversation_id);
    expect(active_leaf_id).toBe(right.message_id);
    expect(await tree(conversation_id)).toEqual({ items, active_leaf_id });
    const at = (id: unknown) => items.findIndex((one) => one.id === id);
    for (const { id, parent_id: parent } of items) if (parent !== null) expect(at(parent)).toBeLessThan(at(id));
    expect(items.filter((one) => one.parent_id === parent_id)).toHaveLength(2);
    expect(items.map(({ parts }) => (parts as Json[])[0]?.text)).toEqual([
      'One.',
      'One.',
      'Left.',
      'Left.',
      'Right.',
      'Right.',
    ]);
    const back = await on.call('PATCH', `${sessions}/${conversation_id}`, { active_leaf_id: left.message_id });
    expect(back.status).toBe(200);
    expect((await tree(conversation_id)).active_leaf_id).toBe(left.message_id);
    const next = await say('Next.', { conversation_id });
    const chain = (await tree(conversation_id)).items;
    const asked = chain.find(({ id }) => id === chain.find((one) => one.id === next.message_id)?.parent_id);
    expect(asked?.parent_id).toBe(left.message_id);
  });

  it('[CA-5] have the status and the text of their run while it goes on and after it', async () => {
    const run = await on.start('u5-silence?tokens=2&seen');
    const stream = await on.follow(`/runs/${run.id}/events`);
    await stream.take(3);
    const live = async () => (await tree(run.conversation_id)).items.find(({ id }) => id === run.message_id);
    expect(await live()).toMatchObject({ status: 'running', run_id: run.id });
    await on.post(`/runs/${run.id}/stop`);
    expect(await live()).toMatchObject({ status: 'stopped', parts: [{ type: 'text', text: 'token0 token1 ' }] });
    const failed = await on.start('u19-server-error');
    await on.ended(failed.id);
    const { items } = await tree(failed.conversation_id);
    expect(items.map(({ status }) => status)).toEqual(['completed', 'failed']);
  });

  it('[CP-6] have versions: an edit stands beside the old one, and is the end of the branch that is shown', async () => {
    const { conversation_id: id, message_id } = await say('Wich?');
    const [asked] = (await tree(id)).items;
    const edited = await on.call('PATCH', `${sessions}/${id}/messages/${asked?.id}`, { text: 'Which?' });
    expect({ status: edited.status, body: edited.json }).toMatchObject({
      status: 200,
      body: { ...message, parent_id: null, role: 'user', parts: [{ type: 'text', text: 'Which?' }], run_id: null },
    });
    expect(await tree(id)).toMatchObject({
      items: [asked, { id: message_id }, edited.json],
      active_leaf_id: edited.json.id,
    });
    const answer = await on.call('PATCH', `${sessions}/${id}/messages/${message_id}`, { text: 'That one.' });
    expect(answer.json).toMatchObject({ parent_id: asked?.id, role: 'assistant', status: 'completed' });
    const page = await on.get(`${sessions}/${id}/messages?limit=1`);
    expect(page.json).toEqual({
      items: [answer.json],
      active_leaf_id: answer.json.id,
      before: answer.json.id,
      versions: { [String(answer.json.id)]: [message_id, answer.json.id] },
    });
  });

  it('[CP-6] are deleted with what is below them, are in no prompt then, and come back', async () => {
    const first = await say('First.');
    const { conversation_id: id } = first;
    const second = await say('Second.', { conversation_id: id });
    const before = await tree(id);
    const asked = before.items.find((one) => one.id === second.message_id)?.parent_id;
    const deleted = await on.call('DELETE', `${sessions}/${id}/messages/${asked}`);
    expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
    expect(await tree(id)).toEqual({ items: before.items.slice(0, 2), active_leaf_id: first.message_id });
    const again = await on.call('DELETE', `${sessions}/${id}/messages/${asked}`);
    expect({ status: again.status, body: again.json }).toEqual({ status: 404, body: errorShape('NOT_FOUND') });
    const part = await on.post(`${sessions}/${id}/messages/${second.message_id}/restore`);
    expect({ status: part.status, body: part.json }).toEqual({ status: 409, body: errorShape('CONFLICT') });
    expect((await on.post(`${sessions}/${id}/messages/${asked}/restore`)).status).toBe(200);
    expect(await tree(id)).toEqual(before);
  });

  it('[CP-6] are copied by a fork, and leave and come back as a file', async () => {
    const { conversation_id: id } = await say('Travel light.');
    const fork = await on.post(`${sessions}/${id}/fork`, {});
    expect({ status: fork.status, body: fork.json }).toEqual({
      status: 201,
      body: { ...shape, title: 'Travel light. (fork)' },
    });
    const texts = async (of: unknown) => (await tree(of)).items.map(({ parts }) => parts);
    expect(await texts(fork.json.id)).toEqual(await texts(id));
    const file = await on.get(`${sessions}/${id}/export?format=json`);
    expect(file.json).toMatchObject({
      format: 'lightchat-sessions',
      version: 1,
      sessions: [{ id, messages: [{}, {}] }],
    });
    const imported = await on.post(`${sessions}/import`, file.json);
    const [copy] = imported.json.items as Json[];
    expect({ status: imported.status, copy }).toEqual({ status: 201, copy: { ...shape, title: 'Travel light.' } });
    expect(await texts(copy?.id)).toEqual(await texts(id));
    expect((await on.get(`${sessions}/${id}/export?format=markdown`)).text).toMatch(
      /^# Travel light\.\n[\s\S]*## You\n/,
    );
  });

  it('[CA-2] survive a restart, text and all', async () => {
    const { conversation_id } = await say('Grüße, 😀 世界\n\nand \\ "quotes"');
    const before = await tree(conversation_id);
    await on.server.restart();
    expect(await tree(conversation_id)).toEqual(before);
  });
});
