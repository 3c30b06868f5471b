/**
 * The grammar of an answer, the same for every provider: output, then usage, then one end.
 * Translators say what they read; this decides what it amounts to.
 */
import type { Usage } from '@lightchat/protocol';
import type { ModelEvent } from '../../engine/ports.ts';
import { type Failure, failureOf } from './failure.ts';
import type { Target } from './target.ts';

export type FinishReason = Extract<ModelEvent, { type: 'finish' }>['reason'];

/**
 * `open`: output may come. `finishing`: the provider gave its reason, usage may still come.
 * `over`: the end was emitted; whatever comes is ignored.
 */
export type AnswerPhase = 'open' | 'finishing' | 'over';

export class Answer {
  phase: AnswerPhase = 'open';
  failed = false;
  #hasOutput = false;
  #reason: FinishReason = 'stop';
  #usage: Usage | undefined;
  /** First half of a character whose second half is in the next delta. */
  #held = '';
  #heldType: 'text-delta' | 'reasoning-delta' = 'text-delta';
  readonly #target: Target;
  readonly #emit: (event: ModelEvent) => void;

  constructor(target: Target, emit: (event: ModelEvent) => void) {
    this.#target = target;
    this.#emit = emit;
  }

  text(text: string): void {
    this.#delta('text-delta', text);
  }

  reasoning(text: string): void {
    this.#delta('reasoning-delta', text);
  }

  toolCall(call: { call_id: string; name: string; arguments: string }): void {
    if (this.phase !== 'open') return;
    this.#release();
    this.#hasOutput = true;
    this.#emit({ type: 'tool-call', ...call });
  }

  /** A hint; ignored once there is output. */
  progress(state: 'loading-model' | 'waiting'): void {
    if (this.phase === 'open' && !this.#hasOutput) this.#emit({ type: 'progress', state });
  }

  /** The last one counts. */
  usage(usage: Usage): void {
    this.#usage = usage;
  }

  /** The provider gave its reason; usage may follow. */
  finish(reason: FinishReason): void {
    if (this.phase !== 'open') return;
    this.phase = 'finishing';
    this.#reason = reason;
  }

  /**
   * The provider said that nothing follows. Without a reason before it, an answer with output counts as
   * stopped: several servers never send a reason, and the mark itself cannot be the result of a cut.
   */
  done(): void {
    if (this.phase === 'open') this.finish('stop');
    this.#conclude();
  }

  fail(failure: Failure): void {
    if (this.phase === 'over') return;
    this.#release();
    this.phase = 'over';
    this.failed = true;
    this.#emit(failure);
  }

  /** The body ended, or broke (`cut`). After a reason that is an end like any other. */
  end(cut?: Failure): void {
    if (this.phase === 'finishing') this.#conclude();
    else if (cut) this.fail(cut);
    else if (this.#hasOutput) this.fail(interrupted(this.#target));
    else this.fail(empty(this.#target));
  }

  #conclude(): void {
    if (this.phase !== 'finishing') return;
    // A bare stop is a blank success. Cut by length or filtered, an empty answer explains itself.
    if (!this.#hasOutput && this.#reason === 'stop') {
      this.fail(empty(this.#target));
      return;
    }
    this.#release();
    this.phase = 'over';
    if (this.#usage) this.#emit({ type: 'usage', usage: this.#usage });
    this.#emit({ type: 'finish', reason: this.#reason });
  }

  #delta(type: 'text-delta' | 'reasoning-delta', delta: string): void {
    if (delta === '' || this.phase !== 'open') return;
    let text = delta;
    if (this.#held !== '') {
      if (this.#heldType === type) {
        text = this.#held + text;
        this.#held = '';
      } else this.#release();
    }
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#held = text.slice(-1);
      this.#heldType = type;
      text = text.slice(0, -1);
      if (text === '') return;
    }
    this.#hasOutput = true;
    this.#emit({ type, text: text.isWellFormed() ? text : text.toWellFormed() });
  }

  #release(): void {
    if (this.#held === '') return;
    this.#held = '';
    this.#hasOutput = true;
    this.#emit({ type: this.#heldType, text: '\ufffd' });
  }
}

function interrupted(target: Target): Failure {
  const message = `${target.name} ended the stream without finishing the answer, so it may be incomplete.`;
  return failureOf(target, 'STREAM_INTERRUPTED', message, { retry: 'before-output', details: { reason: 'no_finish' } });
}

function empty(target: Target): Failure {
  const message = `${target.name} sent an empty answer.`;
  return failureOf(target, 'PROVIDER_ERROR', message, {
    retry: 'before-output',
    details: { reason: 'empty_response' },
  });
}
