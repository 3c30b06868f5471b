/** What a viewer must have been sent, told from the log by other code than the server's. */
import type { ChatEvent } from '@lightchat/protocol';
import type { Way } from './history.ts';
import type { Seen, Viewer } from './viewer.ts';

type Fields = Record<string, unknown>;

/** Throws at the first difference between what was seen and what the log says. */
export function compareWithLog(viewer: Viewer, log: readonly ChatEvent[], runId: string): void {
  if (viewer.way.startsWith('ui')) compareChunks(viewer, log, runId);
  else if (viewer.way === 'streaming-from') compareTokens(viewer, log);
  else compareEvents(viewer, log, runId);
}

function compareEvents(viewer: Viewer, log: readonly ChatEvent[], runId: string): void {
  let tokens = 0;
  const expected = log.flatMap((event) => {
    const shown = shownAs(viewer.way, event, log, tokens);
    if (event.type === 'text-delta') tokens += 1;
    if (event.index < viewer.firstIndex) return [];
    return shown ? [{ id: `${runId}:${event.index}`, ...shown }] : [];
  });
  for (const [at, { id, event, data }] of expected.entries()) {
    const seen = viewer.seen[at];
    if (seen?.id !== id || seen.event !== event || !holds(JSON.parse(seen.data) as Fields, data)) {
      const wanted = JSON.stringify({ id, event, data });
      throw new Error(
        `${viewer.way}: event ${at} was ${JSON.stringify(seen)?.slice(0, 300)}, not ${wanted.slice(0, 300)}`,
      );
    }
  }
  if (viewer.seen.length > expected.length) {
    throw new Error(`${viewer.way}: ${viewer.seen.length} events instead of ${expected.length}`);
  }
}

/** The event's name on this surface, and fields that its data must have; undefined when it is not shown. `tokens`: how many came before. */
function shownAs(
  way: Way,
  event: ChatEvent,
  log: readonly ChatEvent[],
  tokens: number,
): { event: string; data: Fields } | undefined {
  if (way.startsWith('events')) return { event: event.type, data: { ...event } };
  switch (event.type) {
    case 'run-started':
      return { event: 'start', data: { run_id: event.run_id, message_id: event.message_id } };
    case 'text-delta':
      if (way === 'chat') return { event: '', data: { token: event.text } };
      return { event: 'token', data: { index: tokens, token: event.text } };
    case 'run-finished': {
      const output = way === 'chat' ? {} : { final_output: textOf(log) };
      return { event: 'done', data: { finish_reason: event.finish_reason, ...output } };
    }
    default:
      return undefined;
  }
}

function compareTokens({ way, seen }: Viewer, log: readonly ChatEvent[]): void {
  const tokens = log.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
  const got = seen.filter(({ event }) => event === 'token').map(({ data }) => JSON.parse(data) as Fields);
  for (const [at, { index, token }] of got.entries()) {
    if (index !== at || token !== tokens[at]) throw new Error(`${way}: token ${at} came as ${index}: ${token}`);
  }
  if (got.length !== tokens.length) throw new Error(`${way}: ${got.length} tokens instead of ${tokens.length}`);
  const last = seen.at(-1);
  if (last?.event !== 'done' || !holds(JSON.parse(last.data) as Fields, { final_output: tokens.join('') })) {
    throw new Error(`${way}: the end was ${JSON.stringify(last)}`);
  }
}

/** Chunks have numbers of their own, so they are held to be dense, to carry the text, and to end as the run does. */
function compareChunks({ way, seen }: Viewer, log: readonly ChatEvent[], runId: string): void {
  const chunks = seen.map(({ data }) => JSON.parse(data) as { type: string; delta?: string });
  for (const [at, { id }] of seen.entries())
    if (id !== `${runId}:${at}`) throw new Error(`${way}: ${id} in place ${at}`);
  const text = chunks.map(({ type, delta }) => (type === 'text-delta' ? delta : '')).join('');
  if (text !== textOf(log)) throw new Error(`${way}: ${text.length} characters instead of ${textOf(log).length}`);
  const kinds = chunks.map(({ type }) => type).filter((type) => /^(start|finish|abort|error)$/.test(type));
  const last = log.at(-1);
  const end = last?.type === 'run-finished' && last.status === 'stopped' ? 'abort,finish' : 'finish';
  if (kinds.join() !== `start,${end}`) throw new Error(`${way}: ${kinds.join()} instead of start,${end}`);
}

function holds(data: Fields, fields: Fields): boolean {
  return Object.entries(fields).every(([name, value]) => JSON.stringify(data[name]) === JSON.stringify(value));
}

function textOf(log: readonly ChatEvent[]): string {
  return log.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

/** Dense from 0, with one terminal event, which is the last. */
export function checkLog(log: readonly ChatEvent[], said: string, wasStopped: boolean): void {
  for (const [at, { index }] of log.entries()) if (index !== at) throw new Error(`the log has ${index} in place ${at}`);
  const ends = log.filter(({ type }) => type === 'run-finished');
  const last = log.at(-1);
  if (ends.length !== 1 || last?.type !== 'run-finished') throw new Error(`the log has ${ends.length} ends`);
  const isWhole = textOf(log) === said;
  if (last.status === 'completed' ? isWhole : wasStopped && last.status === 'stopped' && said.startsWith(textOf(log)))
    return;
  throw new Error(`the log ends as ${last.status} with ${textOf(log).length} of ${said.length} characters`);
}

export function eventsOf(seen: readonly Seen[]): ChatEvent[] {
  return seen.map(({ data }) => JSON.parse(data) as ChatEvent);
}
