import { randomUUID } from 'node:crypto';
import { asCount, asText, isObject } from '../kit/json-value.ts';

export interface ToolCall {
  call_id: string;
  name: string;
  arguments: string;
}

interface OpenCall {
  index: number | undefined;
  id: string | undefined;
  name: string;
  fragments: string[];
}

/**
 * Joins the fragments of tool calls. `index` leads; servers that omit it, start it at 1 or give every
 * parallel call the same one are understood by `id` and by the name that opens a call.
 */
export class ToolCallJoiner {
  #calls: OpenCall[] = [];
  /** Characters held. */
  size = 0;

  add(fragment: unknown): void {
    if (!isObject(fragment)) return;
    const fn = isObject(fragment.function) ? fragment.function : {};
    const index = asCount(fragment.index);
    const id = asText(fragment.id);
    const name = asText(fn.name);
    let call = this.#find(index, id, name);
    if (!call) {
      call = { index, id, name: '', fragments: [] };
      this.#calls.push(call);
    }
    call.id ??= id;
    if (name && call.name === '') call.name = name;
    const text = argumentsText(fn.arguments);
    if (text === '') return;
    call.fragments.push(text);
    this.size += text.length;
  }

  /** Whole calls, in the order in which they began. Calls without a name never became calls. */
  take(): ToolCall[] {
    const calls = this.#calls.filter((call) => call.name !== '');
    this.#calls = [];
    this.size = 0;
    return calls.map((call) => ({
      call_id: call.id ?? `call_${randomUUID().replaceAll('-', '')}`,
      name: call.name,
      arguments: call.fragments.join('') || '{}',
    }));
  }

  #find(index: number | undefined, id: string | undefined, name: string | undefined): OpenCall | undefined {
    if (id !== undefined) {
      const same = this.#calls.find((call) => call.id === id);
      if (same) return same;
    }
    if (index !== undefined) {
      const same = this.#calls.findLast((call) => call.index === index);
      const another = same && id !== undefined && name !== undefined && same.id !== undefined;
      return another ? undefined : same;
    }
    return id === undefined && name === undefined ? this.#calls.at(-1) : undefined;
  }
}

function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : '';
}
