import { afterEach, describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../../engine/ports.ts';
import { type Script, saying } from '../../../engine/testing/scripted-provider.ts';
import { parseSse, type Served, serve } from '../../testing/serve.ts';
import { createKeptAnswers, type KeptAnswers } from './resume.ts';

describe('an answer that outlives its connection', () => {
  let served: Served;
  afterEach(() => served.close());

  const ask = (headers: Record<string, string>, signal: AbortSignal | null = null) =>
    fetch(`${served.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'scripted/model', messages: [{ role: 'user', content: 'Hi' }], stream: true }),
      signal,
    });
  const kept = { 'x-lightchat-resume': 'true' };

  it('[CW-3] gives exactly the rest, from any place', async () => {
    served = await serve([saying('a', 'b', 'c', 'd')]);
    const events = parseSse(await (await ask(kept)).text());
    expect(events.map(({ data }) => data).join('')).toContain('"content":"c"');
    for (const [at, { id = '' }] of events.entries()) {
      const rest = await ask({ 'last-event-id': id });
      expect(rest.status === 204 ? [] : parseSse(await rest.text())).toEqual(events.slice(at + 1));
    }
    expect(served.provider.requests).toHaveLength(1);
  });

  it('[CW-3] goes on when its client hangs up, and is followed live by the one who comes back', async () => {
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    served = await serve([]);
    served.provider.chatStream = async function* (): AsyncGenerator<readonly ModelEvent[]> {
      yield [{ type: 'text-delta', text: 'first' }];
      await held;
      yield [{ type: 'text-delta', text: 'second' }];
      yield [{ type: 'finish', reason: 'stop' }];
    };
    const leave = new AbortController();
    const reader = (await ask(kept, leave.signal)).body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('first')) text += (await reader?.read())?.value ?? '';
    leave.abort();
    const seen = parseSse(text).at(-1)?.id ?? '';
    const rest = await ask({ 'last-event-id': seen });
    expect(rest.status).toBe(200);
    go();
    const events = parseSse(await rest.text());
    expect(events.map(({ data }) => data).join('')).toContain('second');
    expect(events.map(({ data }) => data).join('')).not.toContain('first');
    expect(events.at(-1)?.data).toBe('[DONE]');
  });

  it('[CW-3] is only one that asked for it, and only while it is kept', async () => {
    served = await serve([saying('a')]);
    const events = parseSse(await (await ask({})).text());
    for (const id of [events[0]?.id ?? '', 'chatcmpl-unknown:0', 'nonsense', `${events[0]?.id}9`]) {
      const answer = await ask({ 'last-event-id': id });
      expect({ id, status: answer.status }).toEqual({ id, status: 404 });
      expect(await answer.json()).toMatchObject({ error: { code: 'not_found', type: 'invalid_request_error' } });
    }
    expect(served.provider.requests).toHaveLength(1);
  });

  it('[LC-008] that failed in the middle is resumed to its error', async () => {
    const failing: Script = [
      [{ type: 'text-delta', text: 'a' }],
      [{ type: 'error', error: { error_code: 'PROVIDER_ERROR', message: 'It broke.', details: {} }, retry: 'never' }],
    ];
    served = await serve([failing]);
    const events = parseSse(await (await ask(kept)).text());
    const rest = parseSse(await (await ask({ 'last-event-id': events[1]?.id ?? '' })).text());
    expect(rest.map(({ data }) => data)).toEqual([expect.stringContaining('It broke.'), '[DONE]']);
  });
});

describe('what is kept', () => {
  let bound = 1000;
  let timers: { ms: number; act: () => void }[] = [];
  const open = (): KeptAnswers => {
    timers = [];
    const after = (ms: number, act: () => void) => {
      timers.push({ ms, act });
      return () => {};
    };
    return createKeptAnswers({ after }, () => bound);
  };
  const show = async (answers: KeptAnswers, id: string, from: number) => {
    let text = '';
    const write = (piece: string): true => {
      text += piece;
      return true;
    };
    const stream = { signal: new AbortController().signal, write, cut: () => {}, end: () => {} };
    const complete = await answers.find('local', id, from).show(stream, from);
    return { text, complete };
  };

  it('[CW-3] is forgotten a minute after its end, and belongs to one user', async () => {
    const answers = open();
    const answer = answers.keep('local', 'a');
    answer.add('0');
    expect(timers).toEqual([]);
    answer.end();
    expect(await show(answers, 'a', 0)).toEqual({ text: '0', complete: true });
    expect(() => answers.find('somebody else', 'a', 0)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => answers.find('local', 'a', 2)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(timers.map(({ ms }) => ms)).toEqual([60_000]);
    timers[0]?.act();
    expect(() => answers.find('local', 'a', 0)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('[L16] is bounded: of one answer the end is held, of many the newest', async () => {
    bound = 10;
    const answers = open();
    const long = answers.keep('local', 'long');
    for (const event of ['aaaa', 'bbbb', 'cccc']) long.add(event);
    long.end();
    expect(() => answers.find('local', 'long', 0)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(await show(answers, 'long', 1)).toEqual({ text: 'bbbbcccc', complete: true });
    for (let number = 0; number < 20; number += 1) {
      const another = answers.keep('local', `${number}`);
      another.add('0123456789');
      another.end();
    }
    expect(() => answers.find('local', 'long', 1)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => answers.find('local', '3', 0)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect((await show(answers, '19', 0)).text).toBe('0123456789');
  });

  it('[L16] is bounded too while many are being written', async () => {
    bound = 10;
    const answers = open();
    const running = Array.from({ length: 40 }, (_, number) => answers.keep('local', `${number}`));
    for (let round = 0; round < 10; round += 1) for (const answer of running) answer.add(`${round}`);
    for (const answer of running) answer.end();
    const held = await Promise.all(running.map((_, number) => show(answers, `${number}`, 6)));
    expect(held).toEqual(running.map(() => ({ text: '6789', complete: true })));
    expect(() => answers.find('local', '0', 5)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('[P6] tells a viewer that fell behind, instead of leaving something out', async () => {
    bound = 10;
    const answers = open();
    const answer = answers.keep('local', 'a');
    answer.add('aaaa');
    let taken = () => {};
    const stream = {
      signal: new AbortController().signal,
      write: () =>
        new Promise<boolean>((resolve) => {
          taken = () => resolve(true);
        }),
      cut: () => {},
      end: () => {},
    };
    const shown = answer.show(stream, 0);
    for (const event of ['bbbb', 'cccc', 'dddd']) answer.add(event);
    taken();
    expect(await shown).toBe(false);
  });
});
