import { CallIds } from '../kit/call-ids.ts';
import { asCount, asText, isObject, type JsonObject, parseJson } from '../kit/json-value.ts';

export interface ToolCall {
  call_id: string;
  name: string;
  arguments: string;
  provider_data?: JsonObject;
}

/** What a call counts beside what it says, so that the number of calls has a bound too. */
const CALL_SIZE = 100;

interface OpenCall {
  index: number | undefined;
  id: string | undefined;
  name: string;
  fragments: string[];
  provider_data: JsonObject | undefined;
}

/**
 * Joins the fragments of tool calls. `index` leads; servers that omit it, start it at 1 or give every
 * parallel call the same one are understood by `id` and by the name that opens a call.
 */
export class ToolCallJoiner {
  #calls: OpenCall[] = [];
  readonly #ids = new CallIds();
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
      call = { index, id, name: '', fragments: [], provider_data: undefined };
      this.#calls.push(call);
      this.size += CALL_SIZE + (id?.length ?? 0) + (name?.length ?? 0);
    }
    call.id ??= id;
    if (name && call.name === '') call.name = name;
    if (isObject(fragment.extra_content)) {
      call.provider_data = fragment.extra_content;
      this.size += JSON.stringify(fragment.extra_content).length;
    }
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
    return calls.map(({ id, name, fragments, provider_data }) => ({
      call_id: this.#ids.take(id),
      name,
      arguments: fragments.join('') || '{}',
      ...(provider_data ? { provider_data } : {}),
    }));
  }

  /** The call that a fragment goes on with; undefined when it begins another one. */
  #find(index: number | undefined, id: string | undefined, name: string | undefined): OpenCall | undefined {
    if (index !== undefined) {
      const same = this.#calls.findLast((call) => call.index === index);
      if (same) return name !== undefined && isAnother(same, id, name) ? undefined : same;
      // A name opens a call, even under an id that was used before.
      if (name !== undefined) return undefined;
    }
    if (id !== undefined) return this.#calls.findLast((call) => call.id === id);
    return index === undefined && name === undefined ? this.#calls.at(-1) : undefined;
  }
}

/** Whether a fragment with a name, under the index of an open call, is a call of its own. */
function isAnother(open: OpenCall, id: string | undefined, name: string): boolean {
  if (open.name === '') return false;
  if (id !== undefined && open.id !== undefined) return id !== open.id;
  if (name !== open.name) return true;
  // Without ids only a whole call in one fragment can be told from one that goes on.
  return open.fragments.length === 1 && parseJson(open.fragments[0] ?? '') !== undefined;
}

function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : '';
}
