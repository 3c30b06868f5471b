/**
 * Makes one run: asks the provider, retries while nothing was delivered, and leaves exactly one
 * terminal record, whatever happens. Never rejects.
 */
import { applyEvents, type ChatEvent, type ErrorBody, isAppError, type NewChatEvent } from '@lightchat/protocol';
import type { ConversationStore, Logger, PromptMessage, RunLog } from '../ports.ts';
import { type AskPorts, ask, isOutput } from './ask.ts';
import { abortCause } from './asking.ts';
import { buildPrompt, userParts } from './build-prompt.ts';
import { brokenInside, cutShort, type Ending, endingOf, failure } from './ending.ts';
import { countUsage } from './estimate-usage.ts';
import { abortTask, type RunTask } from './run-task.ts';

export interface DrivePorts extends AskPorts {
  logger: Logger;
  runs: RunLog;
  conversations: ConversationStore;
}

/** How long to wait before trying again to store the end of a run on a full or locked disk. */
const SETTLE_AGAIN_MS = 1000;
/** Events after which a run is folded: what it holds in memory beside its text. */
const FOLD_AT = 64;

export async function driveRun(ports: DrivePorts, task: RunTask): Promise<void> {
  let prompt: PromptMessage[] = [];
  let ending: Ending;
  // By a timer: an upstream may send what is no output for ever.
  const noLimit = ports.clock.after(task.limits.run_ms, () => abortTask(task, 'too-long'));
  try {
    const { conversation_id } = task.run;
    const { first, owner, user_message_id } = task;
    prompt = first
      ? buildPrompt(task.system_prompt, [{ role: 'user', parts: userParts(first.prompt, first.attachments) }])
      : buildPrompt(task.system_prompt, await ports.conversations.path(owner, conversation_id, user_message_id));
    const request = { messages: prompt, ...task.options };
    const outcome = await ask(ports, task, request, (events) => append(ports, task, events));
    advance(task, task.storing);
    task.storing = [];
    ending = endingOf(outcome, task);
  } catch (error) {
    if (await wasStored(ports, task)) advance(task, task.storing);
    const cause = abortCause(task);
    ending = cause ? cutShort(cause) : failure(isAppError(error) ? error.toBody() : unexpected(ports, task, error));
  } finally {
    noLimit();
  }
  await settle(ports, task, ending, prompt);
}

/** Hands a batch over to be stored, which is then the run's next when the promise resolves. */
function append(ports: DrivePorts, task: RunTask, events: readonly NewChatEvent[]): Promise<void> {
  advance(task, task.storing);
  if (task.first_output_ms === null && events.some(isOutput)) task.first_output_ms = elapsed(ports, task);
  task.storing = stamp(task, events);
  return ports.runs.append(task.owner, task.run.id, task.storing);
}

/** Whether the batch at hand is in the log, when it was not that which went wrong. */
async function wasStored(ports: DrivePorts, task: RunTask): Promise<boolean> {
  const run = await ports.runs.get(task.owner, task.run.id).catch(() => undefined);
  return run !== undefined && run.next_index > task.next_index;
}

function elapsed(ports: DrivePorts, task: RunTask): number {
  return Math.round(ports.clock.monotonic() - task.started_at);
}

function stamp(task: RunTask, events: readonly NewChatEvent[]): ChatEvent[] {
  return events.map((event, offset) => ({ ...event, index: task.next_index + offset }) as ChatEvent);
}

function advance(task: RunTask, stored: readonly ChatEvent[]): void {
  task.next_index += stored.length;
  for (const event of stored) task.unfolded.push(event);
  if (task.unfolded.length > FOLD_AT) fold(task);
}

function fold(task: RunTask): void {
  task.message = applyEvents(task.message, task.unfolded);
  task.unfolded = [];
}

/**
 * Writes the terminal record. A disk that cannot take it now may take it later: until then the run
 * stays unfinished and nobody is told otherwise.
 */
async function settle(ports: DrivePorts, task: RunTask, ending: Ending, prompt: PromptMessage[]): Promise<void> {
  fold(task);
  let rest = ending.rest;
  let { status, finish_reason, error } = ending;
  let wasTold = false;
  for (;;) {
    const answer = applyEvents(task.message, stamp(task, rest));
    const usage = countUsage(ending.usage, prompt, answer);
    const first_output_ms = task.first_output_ms ?? (rest.some(isOutput) ? elapsed(ports, task) : null);
    const tail: NewChatEvent[] = [...rest];
    if (ending.usage && usage) tail.push({ type: 'usage', usage });
    if (error) tail.push({ type: 'error', error });
    tail.push({
      type: 'run-finished',
      status,
      finish_reason,
      usage,
      duration_ms: elapsed(ports, task),
      first_output_ms,
      finished_at: ports.clock.now(),
    });
    const events = stamp(task, tail);
    const message = applyEvents(task.message, events);
    try {
      await ports.runs.finish(task.owner, task.run.id, { events, message, attempts: task.attempts, first_output_ms });
      task.message = message;
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
  return brokenInside();
}
