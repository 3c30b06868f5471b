// @vitest-environment jsdom
import type { Message } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { message } from '../testing/messages.ts';
import { latestLeaf, messagePath, siblingsByParent } from './message-path.ts';

function tree(...edges: [id: string, parent: string | null][]): ReadonlyMap<string, Message> {
  return new Map(edges.map(([id, parent_id]) => [id, message({ id, parent_id })]));
}
const ids = (messages: readonly Message[]) => messages.map(({ id }) => id);

describe('ways through a tree', () => {
  const messages = tree(['q1', null], ['a1', 'q1'], ['q2', 'a1'], ['a2', 'q2'], ['q2b', 'a1'], ['a2b', 'q2b']);

  it('lead from the root to a leaf', () => {
    expect(ids(messagePath(messages, 'a2b'))).toEqual(['q1', 'a1', 'q2b', 'a2b']);
    expect(messagePath(messages, null)).toEqual([]);
    expect(messagePath(messages, 'gone')).toEqual([]);
  });

  it('end where a chain is broken or goes in a circle', () => {
    expect(ids(messagePath(tree(['b', 'gone'], ['c', 'b']), 'c'))).toEqual(['b', 'c']);
    const circle = tree(['x', 'y'], ['y', 'x']);
    expect(ids(messagePath(circle, 'x'))).toEqual(['y', 'x']);
    expect(latestLeaf(circle, 'x')).toBe('x');
  });

  it('find what stands beside a message, and the end that was written last below one', () => {
    expect(siblingsByParent(messages).get('a1')).toEqual(['q2', 'q2b']);
    expect(latestLeaf(messages, 'q1')).toBe('a2b');
    expect(latestLeaf(messages, 'q2')).toBe('a2');
  });
});
