// @vitest-environment jsdom
import '../../testing/dom.ts';
import type { Conversation } from '@lightchat/protocol';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useNotices } from '../../app/notices.ts';
import { navigate } from '../../app/route.ts';
import { queryClient } from '../../client/query-client.ts';
import { ConversationList } from './conversation-list.tsx';

let stored: Conversation[];
let removed: Conversation[];
let refuse: boolean;

/** The list of conversations as the server keeps it. */
async function fetchList(path: string, init: RequestInit = {}): Promise<Response> {
  const [, id = '', rest = ''] = /sessions\/([^/?]+)\/?(\w*)/.exec(path) ?? [];
  if (refuse && init.method !== 'GET') {
    return Response.json({ error_code: 'STORAGE_FULL', message: 'The disk is full.', details: {} }, { status: 507 });
  }
  if (init.method === 'DELETE') {
    removed.push(...stored.filter((item) => item.id === id));
    stored = stored.filter((item) => item.id !== id);
    return new Response(null, { status: 204 });
  }
  if (rest === 'restore') stored = [...stored, ...removed.splice(0)];
  if (init.method === 'PATCH') {
    const change = JSON.parse(String(init.body)) as Partial<Conversation>;
    stored = stored.map((item) => (item.id === id ? { ...item, ...change } : item));
  }
  if (id !== '') return Response.json(stored.find((item) => item.id === id));
  return Response.json({ items: stored, next_cursor: null });
}

function conversation(id: string, title: string): Conversation {
  const now = new Date().toISOString();
  return { id, title, pinned: false, archived: false, created_at: now, updated_at: now };
}

beforeEach(() => {
  stored = [conversation('conv_1', 'Bridges'), conversation('conv_2', 'Rivers')];
  removed = [];
  refuse = false;
  vi.stubGlobal('fetch', fetchList);
  queryClient.clear();
  useNotices.setState({ notices: [] });
});
afterEach(() => vi.unstubAllGlobals());

async function show(currentId: string | null = null) {
  const onOpen = vi.fn();
  render(
    <QueryClientProvider client={queryClient}>
      <ConversationList currentId={currentId} onOpen={onOpen} />
    </QueryClientProvider>,
  );
  await screen.findByRole('link', { name: 'Bridges' });
  return onOpen;
}
const list = () => within(screen.getByRole('navigation', { name: 'Conversations' }));
const titles = () =>
  list()
    .queryAllByRole('link')
    .map((link) => link.textContent);
const notice = () => useNotices.getState().notices.at(-1);

/** By keyboard: jsdom has no pointer events that a menu would open with. */
async function choose(title: string, action: string) {
  const row = list().getByRole('link', { name: title }).closest('li');
  within(row ?? document.body)
    .getByRole('button', { name: 'More' })
    .focus();
  await userEvent.keyboard('{Enter}');
  await userEvent.click(await screen.findByRole('menuitem', { name: action }));
}

describe('the list of conversations', () => {
  it('[CP-6] links to each, by its address, and says which one is open', async () => {
    const onOpen = await show('conv_2');
    expect(titles()).toEqual(['Bridges', 'Rivers']);
    expect(list().getByRole('link', { current: 'page' }).textContent).toBe('Rivers');
    await userEvent.click(list().getByRole('link', { name: 'Bridges' }));
    expect(window.location.pathname).toBe('/c/conv_1');
    expect(onOpen).toHaveBeenCalledOnce();
  });

  it('[CA-6] deletes at once and brings back what was deleted by mistake', async () => {
    navigate('/c/conv_1');
    await show('conv_1');
    await choose('Bridges', 'Delete');
    await waitFor(() => expect(titles()).toEqual(['Rivers']));
    expect(window.location.pathname).toBe('/');
    await waitFor(() => expect(notice()?.action?.label).toBe('Undo'));
    notice()?.action?.run();
    await waitFor(() => expect(titles()).toContain('Bridges'));
    expect(window.location.pathname).toBe('/c/conv_1');
  });

  it('puts back what the server refused to delete, and says why', async () => {
    await show();
    refuse = true;
    await choose('Bridges', 'Delete');
    await waitFor(() => expect(notice()?.text).toContain('The disk is full.'));
    await waitFor(() => expect(titles()).toEqual(['Bridges', 'Rivers']));
  });

  it('renames in place with Enter', async () => {
    await show();
    await choose('Bridges', 'Rename');
    await userEvent.keyboard('Tall bridges{Enter}');
    await waitFor(() => expect(titles()).toEqual(['Tall bridges', 'Rivers']));
    await waitFor(() => expect(stored[0]?.title).toBe('Tall bridges'));
  });

  it('leaves the title alone after Escape', async () => {
    await show();
    await choose('Bridges', 'Rename');
    await userEvent.keyboard('Nonsense{Escape}');
    await waitFor(() => expect(titles()).toEqual(['Bridges', 'Rivers']));
    expect(stored[0]?.title).toBe('Bridges');
  });
});
