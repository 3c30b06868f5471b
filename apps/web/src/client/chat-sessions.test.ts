// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../testing/fake-server.ts';
import { chatSessionFor, onConversationChange } from './chat-sessions.ts';

beforeEach(() => {
  vi.stubGlobal('fetch', new FakeServer().fetch);
});

describe('the sessions of a page', () => {
  it('are one for each conversation', () => {
    expect(chatSessionFor('conv_a')).toBe(chatSessionFor('conv_a'));
    expect(chatSessionFor('conv_a')).not.toBe(chatSessionFor('conv_b'));
  });

  it('keep a new conversation in place while it gets its id, and then begin another', async () => {
    const session = chatSessionFor(null);
    const leave = session.subscribe(() => undefined);
    await session.send('Hello', {});
    const id = session.snapshot().conversationId;
    expect(chatSessionFor(null)).toBe(session);
    expect(chatSessionFor(id)).toBe(session);
    expect(chatSessionFor(null)).not.toBe(session);
    leave();
  });

  it('begin another when the new conversation was left before it got its id', async () => {
    const session = chatSessionFor(null);
    const leave = session.subscribe(() => undefined);
    const sent = session.send('Hello', {});
    leave();
    await sent;
    expect(chatSessionFor(null)).not.toBe(session);
  });

  it('ask the server again only for what somebody looks at', async () => {
    const unwatched = vi.spyOn(chatSessionFor('conv_c'), 'refresh');
    const watched = chatSessionFor('conv_d');
    const leave = watched.subscribe(() => undefined);
    const refresh = vi.spyOn(watched, 'refresh');
    onConversationChange({ type: 'conversation-changed', conversation_id: 'conv_c' });
    onConversationChange({ type: 'conversation-changed', conversation_id: 'conv_d' });
    expect(unwatched).not.toHaveBeenCalled();
    expect(refresh).toHaveBeenCalledOnce();
    leave();
  });
});
