// @vitest-environment jsdom
import '../../testing/dom.ts';
import { render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { ChatSession } from '../../client/chat-session.ts';
import { FakeServer } from '../../testing/fake-server.ts';
import { Chat } from './chat.tsx';

vi.mock('../../markdown/markdown-view.tsx', () => ({
  MarkdownView: ({ text }: { text: string }) => {
    if (text.includes('fault')) throw new Error('cannot be drawn');
    return <p>{text}</p>;
  },
}));

it('[CP-5] a message that cannot be drawn is shown as plain text, and takes nothing else along', async () => {
  // React reports what a boundary caught; that is not what is tested here.
  const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const server = new FakeServer();
  vi.stubGlobal('fetch', server.fetch);
  const first = server.startRun({ prompt: 'One' });
  server.write(first.id, 'a fault');
  server.finish(first.id);
  const second = server.startRun({ prompt: 'Two', conversation_id: first.conversation_id });
  server.write(second.id, 'all is well');
  server.finish(second.id);
  const session = new ChatSession(first.conversation_id, {
    onConversation: () => undefined,
    onListChanged: () => undefined,
  });
  render(<Chat session={session} settings={{}} notices={null} />);
  expect(await screen.findByText('all is well')).toBeTruthy();
  expect(screen.getByText('a fault')).toBeTruthy();
  expect(screen.getByText(/could not be drawn/)).toBeTruthy();
  report.mockRestore();
});
