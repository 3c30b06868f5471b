/**
 * What models said lately, by the ids it was given out with. Clients leave `store` on unless told otherwise, and then
 * send the id of an earlier message instead of its text. Kept in memory, within bounds, until the process ends.
 */
import { AppError } from '@lightchat/protocol';
import type { Owner } from '../../../../engine/ports.ts';
import type { OutputItem } from './output.ts';
import type { InputItem } from './request-body.ts';

/** Characters of all items together: some thousand answers. */
const BOUND = 16_777_216;
/** What an item costs beside its text: many short ones would otherwise hold a multiple of the bound. */
const OVERHEAD = 500;

export interface RecentItems {
  remember(owner: Owner, items: readonly OutputItem[]): void;
  /**
   * The items with references replaced by what they refer to, and calls with what their provider attached. Throws
   * NOT_FOUND for a reference to something that is not known any more; reasoning is then just left out.
   */
  recall(owner: Owner, items: readonly InputItem[]): InputItem[];
}

interface Entry {
  owner: Owner;
  item: OutputItem;
  size: number;
}

export function createRecentItems(bound = BOUND): RecentItems {
  /** By item id, and calls by call id too. Oldest first. */
  const entries = new Map<string, Entry>();
  let size = 0;

  function put(key: string, owner: Owner, item: OutputItem): void {
    drop(key);
    const entry = { owner, item, size: sizeOf(item) };
    entries.set(key, entry);
    size += entry.size;
  }

  function drop(key: string): void {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    size -= entry.size;
  }

  function find(owner: Owner, key: string): OutputItem | undefined {
    const entry = entries.get(key);
    return entry?.owner === owner ? entry.item : undefined;
  }

  return {
    remember(owner, items) {
      for (const item of items) {
        put(item.id, owner, item);
        if (hasAttachment(item)) put(item.call_id, owner, item);
      }
      for (const key of entries.keys()) {
        if (size <= bound) break;
        drop(key);
      }
    },
    recall(owner, items) {
      return items.map((item, at) => {
        if (item.type === 'function_call' || item.type === 'custom_tool_call') {
          const said = find(owner, item.call_id);
          const isSame = said?.text === ('input' in item ? item.input : item.arguments);
          return said && isSame && hasAttachment(said) ? { ...item, provider_data: said.provider_data } : item;
        }
        if (item.type !== 'item_reference') return item;
        const said = find(owner, item.id);
        if (said) return toInput(said);
        if (item.id.startsWith('rs_')) return { type: 'other' };
        const message = `The item "${item.id}" is not known here (any more). Send the item itself, or set "store" to false.`;
        throw new AppError('NOT_FOUND', message, { details: { issues: [{ path: `input.${at}.id`, message }] } });
      });
    },
  };
}

export function hasAttachment(item: OutputItem): item is Extract<OutputItem, { call_id: string }> {
  return 'provider_data' in item && item.provider_data !== undefined;
}

function sizeOf(item: OutputItem): number {
  const attached = hasAttachment(item) ? JSON.stringify(item.provider_data).length : 0;
  return item.text.length + attached + OVERHEAD;
}

function toInput(item: OutputItem): InputItem {
  switch (item.type) {
    case 'message':
      return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: item.text }] };
    case 'reasoning':
      return { type: 'reasoning', summary: [{ text: item.text }] };
    case 'function_call': {
      const { type, call_id, name, namespace, provider_data, text } = item;
      return { type, call_id, name, namespace, provider_data, arguments: text };
    }
    case 'custom_tool_call': {
      const { type, call_id, name, namespace, provider_data, text } = item;
      return { type, call_id, name, namespace, provider_data, input: text };
    }
  }
}
