// @vitest-environment jsdom
import '../../testing/dom.ts';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatSession } from '../../client/chat-session.ts';
import { FakeServer } from '../../testing/fake-server.ts';
import { Chat } from './chat.tsx';

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.stubGlobal('fetch', server.fetch);
});
afterEach(() => vi.unstubAllGlobals());

function show(conversationId: string | null): ChatSession {
  const session = new ChatSession(conversationId, { onConversation: () => undefined, onListChanged: () => undefined });
  render(<Chat session={session} settings={{}} notices={null} />);
  return session;
}
const messages = () => screen.getByRole('region', { name: 'Messages' });
const articles = () => within(messages()).queryAllByRole('article');
const field = () => screen.getByRole('textbox', { name: 'Message' });
const lastRun = () => [...server.runs.keys()].at(-1) ?? '';

describe('[LC-020] ChatWindow', () => {
  it('[LC-015] holds one article for each message, in a log that is not read out as it grows', async () => {
    show(null);
    expect(articles()).toHaveLength(0);
    expect(within(messages()).getByRole('log').getAttribute('aria-live')).toBe('off');
    await userEvent.type(field(), 'Hello{Enter}');
    await waitFor(() => expect(articles()).toHaveLength(2));
    expect(articles()[0]?.textContent).toContain('Hello');
    expect(articles()[1]?.getAttribute('aria-busy')).toBe('true');
  });

  it('[LC-016] shows the answer grow, and when it is done offers to send again', async () => {
    show(null);
    await userEvent.type(field(), 'Hello{Enter}');
    await waitFor(() => expect(lastRun()).not.toBe(''));
    act(() => server.write(lastRun(), 'Hi '));
    await waitFor(() => expect(articles()[1]?.textContent).toContain('Hi'));
    expect(screen.getByRole('button', { name: 'Stop' })).toBeTruthy();
    act(() => {
      server.write(lastRun(), 'there');
      server.finish(lastRun());
    });
    await screen.findByRole('button', { name: 'Send' });
    expect(articles()[1]?.textContent).toContain('Hi there');
    expect(articles()[1]?.getAttribute('aria-busy')).toBeNull();
  });

  it('draws only the row that is being written while an answer streams', async () => {
    show(null);
    await userEvent.type(field(), 'Hello{Enter}');
    await waitFor(() => expect(articles()).toHaveLength(2));
    await waitFor(() => expect(lastRun()).not.toBe(''));
    const question = articles()[0];
    const changed = vi.fn();
    const watch = new MutationObserver(changed);
    if (question) watch.observe(question, { subtree: true, childList: true, attributes: true, characterData: true });
    act(() => server.write(lastRun(), 'Hi'));
    await waitFor(() => expect(articles()[1]?.textContent).toContain('Hi'));
    expect(articles()[0]).toBe(question);
    expect(changed).not.toHaveBeenCalled();
    watch.disconnect();
  });

  it('keeps the elements of what is shown when the server gives ids to them', async () => {
    show(null);
    await userEvent.type(field(), 'Hello{Enter}');
    const before = articles();
    await waitFor(() => expect(lastRun()).not.toBe(''));
    act(() => server.finish(lastRun()));
    await screen.findByRole('button', { name: 'Send' });
    expect(articles()).toEqual(before);
  });

  it('[CA-6] offers to try again after the last answer only', async () => {
    const first = server.startRun({ prompt: 'One' });
    const fault = { error_code: 'PROVIDER_ERROR', message: 'No luck.', details: {} } as const;
    server.finish(first.id, 'failed', fault);
    server.startRun({ prompt: 'Two', conversation_id: first.conversation_id });
    server.finish(lastRun(), 'failed', fault);
    show(first.conversation_id);
    await waitFor(() => expect(articles()).toHaveLength(4));
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(server.runs.size).toBe(3));
    expect(articles()).toHaveLength(4);
    expect(articles()[2]?.textContent).toContain('Two');
    const back = await screen.findByRole('button', { name: 'Earlier version' });
    expect(back).toHaveProperty('disabled', true);
    act(() => {
      server.write(lastRun(), 'It worked');
      server.finish(lastRun());
    });
    await waitFor(() => expect(back).toHaveProperty('disabled', false));
    expect(articles()[2]?.textContent).toContain('2 / 2');
    await userEvent.click(back);
    expect(articles()[3]?.textContent).toContain('No luck.');
    expect(articles()[2]?.textContent).toContain('1 / 2');
    expect(screen.getByRole('button', { name: 'Earlier version' })).toHaveProperty('disabled', true);
  });

  it('says in place that a message was refused, and gives its text back', async () => {
    show(null);
    server.refuse = { status: 507, body: { error_code: 'STORAGE_FULL', message: 'The disk is full.', details: {} } };
    await userEvent.type(field(), 'Hello{Enter}');
    expect(await screen.findByText('The disk is full.')).toBeTruthy();
    expect(field()).toHaveProperty('value', 'Hello');
    expect(articles()).toHaveLength(0);
  });

  it('says so when the conversation is not there, and takes no message for it', async () => {
    show('conv_none');
    expect(await screen.findByText('This conversation is not here')).toBeTruthy();
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('says so when it was deleted elsewhere while it is shown', async () => {
    const run = server.startRun({ prompt: 'One' });
    server.finish(run.id);
    const session = show(run.conversation_id);
    await waitFor(() => expect(articles()).toHaveLength(2));
    server.messages.clear();
    session.refresh();
    expect(await screen.findByText(/This conversation was deleted/)).toBeTruthy();
    expect(articles()).toHaveLength(2);
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('mounts the end of a long conversation and more of it when asked', async () => {
    let run = server.startRun({ prompt: 'First of all' });
    server.finish(run.id);
    for (let n = 0; n < 59; n += 1) {
      run = server.startRun({ prompt: `Question ${n}`, conversation_id: run.conversation_id });
      server.finish(run.id);
    }
    show(run.conversation_id);
    await waitFor(() => expect(articles()).toHaveLength(50));
    expect(articles().at(-2)?.textContent).toContain('Question 58');
    await userEvent.click(screen.getByRole('button', { name: 'Show 50 earlier' }));
    expect(articles()).toHaveLength(100);
    await userEvent.click(screen.getByRole('button', { name: 'Show 20 earlier' }));
    expect(articles()[0]?.textContent).toContain('First of all');
    expect(screen.queryByRole('button', { name: /earlier/ })).toBeNull();
  });
});
