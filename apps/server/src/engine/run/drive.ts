/**
 * Makes one run: asks the provider, retries while nothing was delivered, and leaves exactly one
 * terminal record, whatever happens. Never rejects.
 */
import {
  AppError,
  applyEvents,
  type ChatEvent,
  type ErrorBody,
  isAppError,
  type NewChatEvent,
  type TerminalStatus,
  type Usage,
} from '@lightchat/protocol';
import type { Clock, ConversationStore, Logger, ModelRequest, PromptMessage, RunLog } from '../ports.ts';
import { attempt, type Outcome } from './attempt.ts';
import { buildPrompt } from './build-prompt.ts';
import { estimateUsage } from './estimate-usage.ts';
import { retryDelay } from './retry.ts';
import { type AbortCause, abortCause, abortTask, type RunTask } from './run-task.ts';

export interface DrivePorts {
  clock: Clock;
  logger: Logger;
  runs: RunLog;
  conversations: ConversationStore;
}

interface Ending {
  status: TerminalStatus;
  finish_reason: string;
  usage: Usage | null;
  error: ErrorBody | null;
  rest: NewChatEvent[];
}

/** How long to wait before trying again to store the end of a run on a full or locked disk. */
const SETTLE_AGAIN_MS = 1000;

export async function driveRun(ports: DrivePorts, task: RunTask): Promise<void> {
  let prompt: PromptMessage[] = [];
  let ending: Ending;
  // By a timer: an upstream may send what is no output for ever.
  const noLimit = ports.clock.after(task.limits.run_ms, () => abortTask(task, 'too-long'));
  try {
    const { conversation_id } = task.run;
    const path = await ports.conversations.path(task.owner, conversation_id, task.user_message_id);
    prompt = buildPrompt(task.system_prompt, path);
    ending = await untilItEnds(ports, task, {
      model_id: task.run.model_id,
      messages: prompt,
      ...defined(task.sampling),
    });
  } catch (error) {
    const cause = abortCause(task);
    ending = cause ? cutShort(cause) : failure(isAppError(error) ? error.toBody() : unexpected(ports, task, error), []);
  } finally {
    noLimit();
  }
  await settle(ports, task, ending, prompt);
}

async function untilItEnds(ports: DrivePorts, task: RunTask, request: ModelRequest): Promise<Ending> {
  const attemptPorts = { append: (_: RunTask, events: NewChatEvent[]) => append(ports, task, events) };
  for (;;) {
    const outcome = orEmptyAnswer(await attempt(attemptPorts, task, request), task);
    if (outcome.type !== 'failed') return endingOf(outcome, task);
    const hasOutput = task.output_length > 0 || outcome.rest.some(isOutput);
    const delay_ms = retryDelay(task.retry, outcome, task.attempts, hasOutput);
    if (delay_ms === undefined) return failure(outcome.error, outcome.rest, hasOutput);
    task.attempts += 1;
    await append(ports, task, [{ type: 'retry-scheduled', attempt: task.attempts, delay_ms, error: outcome.error }]);
    await ports.clock.sleep(delay_ms, task.controller.signal);
    const cause = abortCause(task);
    if (cause) return cutShort(cause);
  }
}

/** A stream that ends without a word is a failure worth another try, not an answer. */
function orEmptyAnswer(outcome: Outcome, task: RunTask): Outcome {
  if (outcome.type !== 'ended' || task.output_length > 0 || outcome.rest.some(isOutput)) return outcome;
  const message = 'The provider closed the stream before it said anything.';
  return {
    type: 'failed',
    error: { error_code: 'STREAM_INTERRUPTED', message, details: {} },
    retry: 'before-output',
    rest: outcome.rest,
  };
}

function endingOf(outcome: Exclude<Outcome, { type: 'failed' }>, task: RunTask): Ending {
  if (outcome.type === 'aborted') return cutShort(abortCause(task) ?? 'stop');
  if (outcome.type === 'finished') {
    const { reason, usage, rest } = outcome;
    return { status: 'completed', finish_reason: reason, usage, error: null, rest };
  }
  const message = 'The provider ended the stream without finishing the answer, so it may be incomplete.';
  return { ...interrupted({ error_code: 'STREAM_INTERRUPTED', message, details: {} }), ...outcome };
}

function cutShort(cause: AbortCause): Ending {
  switch (cause) {
    case 'stop':
      return { status: 'stopped', finish_reason: 'stopped', usage: null, error: null, rest: [] };
    case 'shutdown':
      return interrupted(body('STREAM_INTERRUPTED', 'LightChat was stopped while the answer was being written.'));
    case 'too-long':
      return interrupted(body('PROVIDER_TIMEOUT', 'The answer took longer than a run may take, so it was cut here.'));
    case 'too-large':
      return interrupted(body('PROVIDER_ERROR', 'The answer grew larger than a run may grow, so it was cut here.'));
  }
}

function body(code: ErrorBody['error_code'], message: string): ErrorBody {
  return new AppError(code, message).toBody();
}

function interrupted(error: ErrorBody): Ending {
  return { status: 'interrupted', finish_reason: 'interrupted', usage: null, error, rest: [] };
}

/** A connection that broke leaves an interrupted answer; a provider that said no leaves a failed one. */
function failure(error: ErrorBody, rest: NewChatEvent[], hasOutput = false): Ending {
  const broke =
    error.error_code === 'STREAM_INTERRUPTED' ||
    (hasOutput && (error.error_code === 'PROVIDER_TIMEOUT' || error.error_code === 'PROVIDER_UNREACHABLE'));
  if (broke) return { ...interrupted(error), rest };
  return { status: 'failed', finish_reason: 'error', usage: null, error, rest };
}

function isOutput(event: NewChatEvent): boolean {
  return event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-call';
}

async function append(ports: DrivePorts, task: RunTask, events: readonly NewChatEvent[]): Promise<void> {
  const stamped = stamp(task, events);
  await ports.runs.append(task.owner, task.run.id, stamped);
  advance(task, stamped);
}

function stamp(task: RunTask, events: readonly NewChatEvent[]): ChatEvent[] {
  return events.map((event, offset) => ({ ...event, index: task.next_index + offset }) as ChatEvent);
}

function advance(task: RunTask, events: readonly ChatEvent[]): void {
  task.next_index += events.length;
  task.message = applyEvents(task.message, events);
  for (const event of events) {
    if (event.type === 'text-delta' || event.type === 'reasoning-delta') task.output_length += event.text.length;
    else if (event.type === 'tool-call') task.output_length += event.arguments.length + event.name.length;
  }
}

/**
 * Writes the terminal record. A disk that cannot take it now may take it later: until then the run
 * stays unfinished and nobody is told otherwise.
 */
async function settle(ports: DrivePorts, task: RunTask, ending: Ending, prompt: PromptMessage[]): Promise<void> {
  let rest = ending.rest;
  let { status, finish_reason, error } = ending;
  let wasTold = false;
  for (;;) {
    const answer = applyEvents(task.message, stamp(task, rest));
    const spoke = answer.parts.length > 0;
    const usage = ending.usage ?? (spoke ? estimateUsage(prompt, answer) : null);
    const tail: NewChatEvent[] = [...rest];
    if (ending.usage) tail.push({ type: 'usage', usage: ending.usage });
    if (error) tail.push({ type: 'error', error });
    tail.push({
      type: 'run-finished',
      status,
      finish_reason,
      usage,
      duration_ms: Math.round(ports.clock.monotonic() - task.started_at),
      finished_at: ports.clock.now(),
    });
    const events = stamp(task, tail);
    const message = applyEvents(task.message, events);
    try {
      await ports.runs.finish(task.owner, task.run.id, { events, message, attempts: task.attempts });
      advance(task, events);
      return;
    } catch (cause) {
      // The end of the text may be what does not fit: keep what was delivered and say why. Without such an
      // end nothing is lost by waiting, and the run ends as it did.
      if (isAppError(cause) && cause.code === 'STORAGE_FULL' && rest.length > 0) {
        rest = [];
        if (status !== 'failed') error = cause.toBody();
        status = 'failed';
        finish_reason = 'error';
      }
      if (!isAppError(cause) && !wasTold) unexpected(ports, task, cause);
      wasTold = true; // once: a broken disk must not fill the log, a line a second
      if (task.leaving) return; // the next start settles it
      await ports.clock.sleep(SETTLE_AGAIN_MS);
    }
  }
}

function unexpected(ports: DrivePorts, task: RunTask, error: unknown): ErrorBody {
  ports.logger.write({
    role: 'error',
    event_type: 'run_broke',
    content: 'A run failed inside LightChat',
    run_id: task.run.id,
    details: { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
  });
  return body('INTERNAL', 'Something went wrong inside LightChat. The log has the details.');
}

function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
