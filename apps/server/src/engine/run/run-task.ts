import type { Attachment, ChatEvent, Message, Run } from '@lightchat/protocol';
import type { ModelOptions, Owner } from '../ports.ts';
import { type AbortCause, type Asking, abortAsking } from './asking.ts';

/** A run at work in this process. Only the code that drives the run changes it. */
export interface RunTask extends Asking {
  readonly owner: Owner;
  readonly run: Run;
  readonly user_message_id: string;
  /** What was said, when it is the first of its conversation: then there is no path to read. */
  readonly first: { prompt: string; attachments: readonly Attachment[] } | undefined;
  readonly system_prompt: string | null;
  readonly options: ModelOptions;
  readonly started_at: number;
  next_index: number;
  first_output_ms: number | null;
  /** The process is about to end: what cannot be stored now is left to the next start. */
  leaving: boolean;
  /** Given to be stored; when the next batch is, or the asking ended well, it has been. */
  storing: readonly ChatEvent[];
  /** Stored, and not part of `message` yet: folding many at once costs hardly more than folding one. */
  unfolded: ChatEvent[];
  /** The answer as folded from what is stored. */
  message: Message;
}

export function abortTask(task: RunTask, cause: AbortCause): void {
  if (cause === 'shutdown') task.leaving = true; // also when something else has aborted it before
  abortAsking(task, cause);
}
