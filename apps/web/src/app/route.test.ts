// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { conversationIdIn, navigate, pathOf } from './route.ts';

describe('addresses', () => {
  it('[CP-6] name a conversation, and everything else is a new one', () => {
    expect(conversationIdIn('/c/conv_1')).toBe('conv_1');
    expect(conversationIdIn('/c/conv_1/')).toBe('conv_1');
    expect(conversationIdIn('/c/a%20b')).toBe('a b');
    for (const path of ['/', '/c/', '/c/a/b', '/elsewhere', '/c/%E0%A4%A']) expect(conversationIdIn(path)).toBeNull();
  });

  it('lead back to what they were made from', () => {
    for (const id of ['conv_1', 'a b', 'ü/?#']) expect(conversationIdIn(pathOf(id))).toBe(id);
    expect(pathOf(null)).toBe('/');
  });

  it('are added to the history once', () => {
    const before = window.history.length;
    navigate('/c/one');
    navigate('/c/one');
    expect(window.location.pathname).toBe('/c/one');
    expect(window.history.length).toBe(before + 1);
    navigate('/c/two', { replace: true });
    expect(window.history.length).toBe(before + 1);
  });
});
