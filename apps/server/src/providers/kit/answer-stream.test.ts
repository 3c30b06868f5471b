/** Time, memory and endings of a stream, without a network. */
import { limitsSchema } from '@lightchat/protocol';
import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelEvent } from '../../engine/ports.ts';
import { createOpenAIProvider } from '../openai/index.ts';
import { playBytes } from '../testing/byte-player.ts';
import { HELLO, summarize } from '../testing/collect.ts';
import type { Http } from './upstream-http.ts';

const limits = limitsSchema.parse({});
const chunk = (content: string, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason }] })}\n\n`;

/** A response that the test plays by hand. */
function stage(host = 'http://localhost/v1') {
  const calls = { aborted: false, paused: 0, resumed: 0 };
  let handler: Dispatcher.DispatchHandler = {};
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    abort() {
      calls.aborted = true;
    },
    pause() {
      calls.paused += 1;
    },
    resume() {
      calls.resumed += 1;
    },
  };
  const http: Http = {
    dispatch(_, given) {
      handler = given;
      handler.onRequestStart?.(controller, undefined);
      return true;
    },
  };
  const provider = createOpenAIProvider({ id: 'p', type: 'openai', host }, http, limits);
  const abort = new AbortController();
  const stream = provider.chatStream({ model_id: 'm', messages: [HELLO] }, abort.signal)[Symbol.asyncIterator]();
  return {
    calls,
    stream,
    abort: () => abort.abort(),
    headers: (status = 200, headers = {}) => handler.onResponseStart?.(controller, status, headers, ''),
    data: (text: string) => handler.onResponseData?.(controller, Buffer.from(text)),
    end: () => handler.onResponseEnd?.(controller, {}),
    async rest(): Promise<ModelEvent[]> {
      const events: ModelEvent[] = [];
      for (let next = await stream.next(); !next.done; next = await stream.next()) events.push(...next.value);
      return events;
    },
  };
}

beforeEach(() => {
  // The turn that sockets get before a silence counts is a real one.
  vi.useFakeTimers({ toNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('time', () => {
  it.each([
    ['http://127.0.0.1:1234/v1', 120_000],
    ['http://192.168.1.5:1234/v1', 120_000],
    ['https://api.example.com/v1', 30_000],
  ])('[U4] headers from %s may take %d ms', async (host, ms) => {
    const play = stage(host);
    const rest = play.rest();
    vi.advanceTimersByTime(ms - 1);
    expect(play.calls.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(summarize(await rest).end).toBe('PROVIDER_TIMEOUT before-output headers_timeout');
    expect(play.calls.aborted).toBe(true);
  });

  it('[U5] each event gives another minute; a minute without one is the end', async () => {
    const play = stage();
    play.headers();
    for (let n = 0; n < 5; n += 1) {
      vi.advanceTimersByTime(59_000);
      play.data(chunk(`${n}`));
    }
    vi.advanceTimersByTime(60_000);
    expect(summarize(await play.rest())).toMatchObject({
      text: '01234',
      end: 'PROVIDER_TIMEOUT before-output idle_timeout',
    });
  });

  it('[U6] comments are believed for five minutes', async () => {
    const play = stage();
    play.headers();
    let minutes = 0;
    const rest = play.rest().then(summarize);
    for (; !play.calls.aborted && minutes < 20; minutes += 0.5) {
      vi.advanceTimersByTime(30_000);
      await new Promise(setImmediate);
      play.data(': PROCESSING\n\n');
    }
    expect((await rest).end).toBe('PROVIDER_TIMEOUT before-output idle_timeout');
    expect(minutes).toBeGreaterThan(4);
    expect(minutes).toBeLessThan(8);
  });

  it('[P11] what arrived while the process stood still is heard before a silence counts', async () => {
    const play = stage();
    play.headers();
    play.data(chunk('a'));
    vi.advanceTimersByTime(61_000);
    play.data(chunk('b'));
    await new Promise(setImmediate);
    play.data(chunk('c', 'stop'));
    play.end();
    expect(summarize(await play.rest())).toMatchObject({ text: 'abc', end: 'finish stop' });
  });

  it('[U5] the clock stands still while nobody reads', async () => {
    const play = stage();
    play.headers();
    play.data(chunk('x'.repeat(70_000)));
    expect(play.calls.paused).toBe(1);
    vi.advanceTimersByTime(600_000);
    play.data(chunk('y', 'stop'));
    play.end();
    expect(summarize(await play.rest()).end).toBe('finish stop');
  });

  it('[U8] usage may come a second after the finish reason, and no later', async () => {
    const play = stage();
    play.headers();
    play.data(chunk('a', 'stop'));
    const rest = play.rest();
    vi.advanceTimersByTime(900);
    play.data('data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n');
    vi.advanceTimersByTime(100);
    expect((await rest).map(({ type }) => type)).toEqual(['text-delta', 'usage', 'finish']);
  });

  it('[U29] after the end the connection has a second to become free', async () => {
    const play = stage();
    play.headers();
    play.data(`${chunk('a', 'stop')}data: [DONE]\n\n`);
    expect(summarize(await play.rest()).end).toBe('finish stop');
    vi.advanceTimersByTime(999);
    expect(play.calls.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(play.calls.aborted).toBe(true);
  });

  it('[U19] a refusal whose body never ends is reported with what came', async () => {
    const play = stage();
    play.headers(500);
    play.data('{"error":');
    const rest = play.rest();
    vi.advanceTimersByTime(5000);
    expect(summarize(await rest).end).toBe('PROVIDER_ERROR before-output');
  });

  it('[U29] no timer is left when an answer is over', async () => {
    const play = stage();
    play.headers();
    play.data(`${chunk('a', 'stop')}data: [DONE]\n\n`);
    play.end();
    await play.rest();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('memory', () => {
  it('[U26] a reader that waits pauses the socket at the bound, and reading goes on when it comes back', async () => {
    const play = stage();
    play.headers();
    let sent = 0;
    while (play.calls.paused === 0 && sent < 1_000_000) {
      const text = chunk('x'.repeat(1000));
      play.data(text);
      sent += text.length;
    }
    expect(sent).toBeLessThan(limits.event_bytes);
    const { value } = await play.stream.next();
    expect(value).toHaveLength(Math.ceil(sent / chunk('x'.repeat(1000)).length));
    expect(play.calls.resumed).toBe(1);
  });

  it('[U13] a refusal or a page is not collected without bound', async () => {
    for (const [status, headers] of [
      [500, {}],
      [200, { 'content-type': 'text/html' }],
    ] as const) {
      const play = stage();
      play.headers(status, headers);
      for (let n = 0; n < 100 && !play.calls.aborted; n += 1) play.data('<'.repeat(10_000));
      expect(play.calls.aborted).toBe(true);
      expect(summarize(await play.rest()).end).toMatch(/^PROVIDER_ERROR/);
    }
  });
});

describe('endings', () => {
  it('[CP-5] abort drops what is queued and closes the socket', async () => {
    const play = stage();
    play.headers();
    play.data(chunk('a'));
    play.abort();
    expect(play.calls.aborted).toBe(true);
    expect(await play.rest()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("[CP-5] what arrives after an abort is nobody's business", async () => {
    const play = stage();
    play.headers();
    play.abort();
    play.data(chunk('a'));
    play.end();
    expect(await play.rest()).toEqual([]);
  });

  it('[U7] informational headers are not the answer', async () => {
    const play = stage();
    play.headers(103);
    play.headers();
    play.data(`${chunk('a', 'stop')}data: [DONE]\n\n`);
    expect(summarize(await play.rest())).toMatchObject({ text: 'a', end: 'finish stop' });
  });

  it('[LC-006] nothing is asked before somebody reads', () => {
    let asked = 0;
    const http: Http = {
      dispatch() {
        asked += 1;
        return true;
      },
    };
    const provider = createOpenAIProvider({ id: 'p', type: 'openai', host: 'http://localhost' }, http, limits);
    const answer = provider.chatStream({ model_id: 'm', messages: [HELLO] }, new AbortController().signal);
    expect(asked).toBe(0);
    void answer[Symbol.asyncIterator]().next();
    expect(asked).toBe(1);
  });

  it('[U15] the first byte decides when the content type is wrong', async () => {
    vi.useRealTimers();
    const cases = [
      ['text/event-stream', ' \n<!doctype html><title>Hi</title>', 'PROVIDER_ERROR never not_an_api'],
      ['application/json', chunk('a', 'stop'), 'finish stop'],
      ['text/plain', chunk('a', 'stop'), 'finish stop'],
      ['text/event-stream', '{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}', 'finish stop'],
    ] as const;
    for (const [type, body, end] of cases) {
      const http = playBytes({ headers: { 'content-type': type }, chunks: [Buffer.from(body)] });
      const provider = createOpenAIProvider({ id: 'p', type: 'openai', host: 'http://localhost' }, http, limits);
      const events: ModelEvent[] = [];
      const request = { model_id: 'm', messages: [HELLO] };
      for await (const batch of provider.chatStream(request, new AbortController().signal)) events.push(...batch);
      expect(summarize(events).end).toBe(end);
    }
  });
});
