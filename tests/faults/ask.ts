/** Asks a server over `POST /chat`, and looks at what it stored. */
import type { ErrorBody, MessageTree, Run } from '@lightchat/protocol';
import { openStream, type StreamEvent } from '../contract/support/event-stream.ts';
import type { Outcome } from './catalogue.ts';

export interface Answered {
  run: Run;
  events: StreamEvent[];
  /** As the message tree has it. */
  stored: Outcome;
  /** As the stream told it. */
  told: Outcome;
}

/** Resolves when the stream has ended. */
export async function ask(url: string, provider_id: string, model_id: string, prompt = 'Go.'): Promise<Answered> {
  const stream = await openStream(`${url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt, provider_id, model_id }),
  });
  const events = await stream.rest();
  const run = (await (await fetch(`${url}/runs/${events[0]?.data.run_id}`)).json()) as Run;
  const messages = await fetch(`${url}/api/chat/sessions/${run.conversation_id}/messages`);
  return {
    run,
    events,
    stored: storedOutcome(run, (await messages.json()) as MessageTree),
    told: toldOutcome(events, run),
  };
}

function storedOutcome(run: Run, { items }: MessageTree): Outcome {
  const message = items.find(({ id }) => id === run.message_id);
  const parts = message?.parts ?? [];
  const join = (type: 'text' | 'reasoning') => parts.map((part) => (part.type === type ? part.text : '')).join('');
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [`${part.name}(${part.arguments})`] : []));
  return outcome({
    status: message?.status as Outcome['status'],
    finish_reason: message?.finish_reason ?? '',
    code: message?.error?.error_code,
    text: join('text'),
    reasoning: join('reasoning'),
    calls,
    attempts: run.attempts,
  });
}

function toldOutcome(events: readonly StreamEvent[], run: Run): Outcome {
  const of = (name: string) => events.filter(({ event }) => event === name).map(({ data }) => data);
  const last = events.at(-1);
  const error = last?.event === 'error' ? (last.data as unknown as ErrorBody) : undefined;
  const done = last?.event === 'done' ? last.data : undefined;
  return outcome({
    // The stream says why an answer ended badly, and the run what that makes it.
    status: done ? 'completed' : (run.status as Outcome['status']),
    finish_reason: done ? String(done.finish_reason) : (run.finish_reason ?? ''),
    code: error?.error_code,
    text: of('message')
      .map(({ token }) => token)
      .join(''),
    reasoning: of('reasoning')
      .map(({ text }) => text)
      .join(''),
    calls: of('tool-call').map(({ name, arguments: text }) => `${name}(${text})`),
    attempts: 1 + of('retry').length + of('fallback').length,
  });
}

/** Leaves out what is empty, so that outcomes compare. */
function outcome(full: Omit<Outcome, 'code'> & { code: Outcome['code'] | undefined }): Outcome {
  const { code, reasoning, calls, ...rest } = full;
  return {
    ...rest,
    ...(code ? { code } : {}),
    ...(reasoning ? { reasoning } : {}),
    ...(calls?.length ? { calls } : {}),
  };
}
