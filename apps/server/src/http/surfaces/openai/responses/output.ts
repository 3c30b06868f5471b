/** Folds what a model says into output items: one item for each stretch of reasoning or text, one for each call. */
import type { NewChatEvent } from '@lightchat/protocol';
import { fromFreeTextArguments, type ToolOrigin } from './tools.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

interface ItemBase {
  id: string;
  /** Place in the output. */
  index: number;
  /** Text, reasoning, arguments or input, as far as it came. */
  text: string;
  status: ItemStatus;
}

export type OutputItem =
  | (ItemBase & { type: 'reasoning' | 'message' })
  | (ItemBase & CallBase & { type: 'function_call' | 'custom_tool_call' });

interface CallBase {
  call_id: string;
  name: string;
  namespace: string | undefined;
  /** For the provider that attached it, when the call comes back. */
  provider_data: Record<string, unknown> | undefined;
}

/** Is told of items as they grow. */
export interface OutputWatcher {
  opened(item: OutputItem): void;
  grew(item: OutputItem, delta: string): void;
  closed(item: OutputItem): void;
}

export interface Output {
  readonly items: readonly OutputItem[];
  take(event: NewChatEvent): void;
  /** Nothing follows; an item that is still open ends as `status`. */
  end(status: 'completed' | 'incomplete'): void;
  /** The answer broke: an item that is still open is incomplete, and nobody is told that it closed. */
  abandon(): void;
}

const PREFIXES = { reasoning: 'rs', message: 'msg', function_call: 'fc', custom_tool_call: 'ctc' } as const;

/** `seed` makes the ids of the items unique. */
export function createOutput(seed: string, origins: ReadonlyMap<string, ToolOrigin>, watcher?: OutputWatcher): Output {
  const items: OutputItem[] = [];
  let open: OutputItem | undefined;

  function base(type: OutputItem['type']): ItemBase {
    const index = items.length;
    return { id: `${PREFIXES[type]}_${seed}${index}`, index, text: '', status: 'in_progress' };
  }

  function start(item: OutputItem): void {
    close('completed');
    items.push(item);
    open = item;
    watcher?.opened(item);
  }

  function grow(type: 'reasoning' | 'message', delta: string): void {
    if (open?.type !== type) start({ type, ...base(type) });
    extend(delta);
  }

  function extend(delta: string): void {
    if (!open || delta === '') return;
    open.text += delta;
    watcher?.grew(open, delta);
  }

  function close(status: 'completed' | 'incomplete'): void {
    if (!open) return;
    open.status = status;
    watcher?.closed(open);
    open = undefined;
  }

  return {
    items,
    take(event) {
      if (event.type === 'text-delta') grow('message', event.text);
      else if (event.type === 'reasoning-delta') grow('reasoning', event.text);
      else if (event.type === 'tool-call') {
        const origin = origins.get(event.name) ?? { type: 'function', name: event.name };
        const type = origin.type === 'custom' ? 'custom_tool_call' : 'function_call';
        const { name, namespace } = origin;
        const { call_id, provider_data } = event;
        start({ type, ...base(type), call_id, name, namespace, provider_data });
        extend(type === 'custom_tool_call' ? fromFreeTextArguments(event.arguments) : event.arguments);
        close('completed');
      }
    },
    end: close,
    abandon() {
      if (open) open.status = 'incomplete';
      open = undefined;
    },
  };
}
