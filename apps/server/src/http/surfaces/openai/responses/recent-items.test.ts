import { describe, expect, it } from 'vitest';
import type { OutputItem } from './output.ts';
import { createRecentItems } from './recent-items.ts';

const message = (id: string, text: string): OutputItem => ({
  type: 'message',
  id,
  text,
  index: 0,
  status: 'completed',
});
const call: OutputItem = {
  type: 'function_call',
  id: 'fc_1',
  index: 0,
  text: '{"a":1}',
  status: 'completed',
  call_id: 'call_1',
  name: 'add',
  namespace: undefined,
  provider_data: { google: { thought_signature: 'sig' } },
};
const reference = (id: string) => ({ type: 'item_reference', id }) as const;

describe('items that are referred to', () => {
  it('[CP-1] stand for what was said', () => {
    const recent = createRecentItems();
    recent.remember('local', [
      message('msg_1', 'Hello'),
      { ...message('rs_1', 'hm'), type: 'reasoning' } as OutputItem,
    ]);
    expect(recent.recall('local', [reference('rs_1'), reference('msg_1')])).toEqual([
      { type: 'reasoning', summary: [{ text: 'hm' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
    ]);
  });

  it('[CP-1] are refused when nobody here knows them, but for reasoning', () => {
    const recent = createRecentItems();
    recent.remember('someone', [message('msg_1', 'Hello')]);
    expect(() => recent.recall('local', [reference('msg_1')])).toThrow(/msg_1.*"store"/);
    expect(recent.recall('local', [reference('rs_9')])).toEqual([{ type: 'other' }]);
  });

  it('[CP-1] are let go, the oldest first, when they grow too many', () => {
    const recent = createRecentItems(10_000);
    for (let n = 0; n < 10; n += 1) recent.remember('local', [message(`msg_${n}`, 'x'.repeat(2000))]);
    expect(() => recent.recall('local', [reference('msg_5')])).toThrow(/msg_5/);
    expect(recent.recall('local', [reference('msg_9'), reference('msg_7')])).toHaveLength(2);
  });

  it('[L12] count what comes with them, and themselves, however little they say', () => {
    const short = createRecentItems(100_000);
    for (let n = 0; n < 1000; n += 1) short.remember('local', [message(`msg_${n}`, '')]);
    expect(() => short.recall('local', [reference('msg_500')])).toThrow(/msg_500/);
    const attached = createRecentItems(100_000);
    const provider_data = { signature: 'x'.repeat(60_000) };
    for (const id of ['fc_1', 'fc_2', 'fc_3'])
      attached.remember('local', [{ ...call, id, call_id: id, provider_data }]);
    expect(() => attached.recall('local', [reference('fc_1')])).toThrow(/fc_1/);
  });

  it('[CP-8] give calls back what their provider attached, and only to the very same call', () => {
    const recent = createRecentItems();
    recent.remember('local', [call]);
    const sent = { type: 'function_call', call_id: 'call_1', name: 'add', arguments: '{"a":1}' } as const;
    expect(recent.recall('local', [sent, reference('fc_1')])).toEqual([
      { ...sent, provider_data: { google: { thought_signature: 'sig' } } },
      { ...sent, namespace: undefined, provider_data: { google: { thought_signature: 'sig' } } },
    ]);
    const other = { ...sent, arguments: '{"a":2}' };
    expect(recent.recall('local', [other])).toEqual([other]);
  });
});
