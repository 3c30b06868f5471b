import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../engine/ports.ts';
import { summarize } from '../testing/collect.ts';
import { Answer } from './answer.ts';
import { readTarget } from './target.ts';

const target = readTarget({ id: 'p', type: 'openai', host: 'http://localhost' }, { remedy: '', address_remedy: '' });
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

function say(act: (answer: Answer) => void): ModelEvent[] {
  const events: ModelEvent[] = [];
  act(new Answer(target, (event) => events.push(event)));
  return events;
}

describe('the grammar of an answer', () => {
  it('[LC-006] usage stands before the finish, whenever it came', () => {
    const events = say((answer) => {
      answer.usage({ ...usage, completion_tokens: 1 });
      answer.text('Hi');
      answer.finish('stop');
      answer.usage(usage);
      answer.done();
    });
    expect(events).toEqual([
      { type: 'text-delta', text: 'Hi' },
      { type: 'usage', usage },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('[U29] nothing follows the end', () => {
    const events = say((answer) => {
      answer.text('Hi');
      answer.done();
      answer.text('more');
      answer.progress('waiting');
      answer.done();
      answer.end();
    });
    expect(events.map(({ type }) => type)).toEqual(['text-delta', 'finish']);
  });

  it('[U29] output after the finish reason is ignored', () => {
    expect(
      summarize(
        say((answer) => {
          answer.text('Hi');
          answer.finish('length');
          answer.text(' there');
          answer.end();
        }),
      ),
    ).toMatchObject({ text: 'Hi', end: 'finish length' });
  });

  it('[U11] a character whose halves come in two deltas is one character', () => {
    const events = say((answer) => {
      answer.text('a\ud83d');
      answer.text('\ude00b');
      answer.text('\ud83d');
      answer.text('\ude00');
      answer.done();
    });
    expect(events.filter(({ type }) => type === 'text-delta')).toEqual([
      { type: 'text-delta', text: 'a' },
      { type: 'text-delta', text: '😀b' },
      { type: 'text-delta', text: '😀' },
    ]);
  });

  it('[U11] a half character without its mate becomes a replacement mark, never broken text', () => {
    const events = say((answer) => {
      answer.reasoning('x\ud83d');
      answer.text('y\ude00z\ud83d');
      answer.done();
    });
    expect(summarize(events)).toMatchObject({ reasoning: 'x\ufffd', text: 'y\ufffdz\ufffd', end: 'finish stop' });
  });

  it.each(['length', 'content_filter', 'tool_calls'] as const)(
    '[U14] an empty answer that says why (%s) is an answer',
    (reason) => {
      expect(
        summarize(
          say((answer) => {
            answer.finish(reason);
            answer.done();
          }),
        ).end,
      ).toBe(`finish ${reason}`);
    },
  );

  it('[LC-015] progress is a hint only while there is no output', () => {
    const events = say((answer) => {
      answer.progress('loading-model');
      answer.text('Hi');
      answer.progress('waiting');
    });
    expect(events.map(({ type }) => type)).toEqual(['progress', 'text-delta']);
  });
});
