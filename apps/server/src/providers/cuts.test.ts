/** However the network cuts a stream into pieces, the answer is the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { limitsSchema } from '@lightchat/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../engine/ports.ts';
import type { Http } from './kit/upstream-http.ts';
import { createOllamaProvider } from './ollama/index.ts';
import { createOpenAIProvider } from './openai/index.ts';
import { cut, playBytes } from './testing/byte-player.ts';
import { collect, summarize } from './testing/collect.ts';

const limits = limitsSchema.parse({});

/** Two-, three- and four-byte characters, and the last one as escapes of its halves. */
const CHARACTERS = 'é世😀';

const streams = [
  {
    name: 'OpenAI',
    open: (http: Http) => createOpenAIProvider({ id: 'p', type: 'openai', host: 'http://localhost/v1' }, http, limits),
    text:
      '\uFEFF: comment é\n\nevent: message\nid: 5\nretry: 10\n' +
      `data: {"choices":[{"delta":{"reasoning":"${CHARACTERS}"}}]}\n\n` +
      `data: {"choices":[{"delta":{"content":"${CHARACTERS}\\ud83d\\ude00"}}]}\n\n` +
      'data: {"choices":[{"delta":\ndata: {"content":"two lines"}}]}\n\n' +
      'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"f","arguments":"{\\"é\\":"}}]}}]}\n\n' +
      'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}}]}\n\n' +
      'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n' +
      'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\ndata: [DONE]\n\n',
    expected: {
      reasoning: CHARACTERS,
      text: `${CHARACTERS}😀two lines`,
      calls: ['f({"é":1})'],
      end: 'finish tool_calls',
    },
  },
  {
    name: 'Ollama',
    open: (http: Http) => createOllamaProvider({ id: 'p', type: 'ollama' }, http, limits),
    text:
      `\uFEFF{"message":{"thinking":"${CHARACTERS}"}}\n\n` +
      `{"message":{"content":"${CHARACTERS}\\ud83d\\ude00"}}\n` +
      '{"message":{"content":"","tool_calls":[{"id":"call_1","function":{"name":"f","arguments":{"é":1}}}]}}\n' +
      '{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":1,"eval_count":2}\n',
    expected: { reasoning: CHARACTERS, text: `${CHARACTERS}😀`, calls: ['f({"é":1})'], end: 'finish tool_calls' },
  },
] as const;

describe.each(streams)('[U11] [U12] $name in pieces', ({ name, open, text, expected }) => {
  const play = (bytes: Buffer, offsets: readonly number[]): Promise<ModelEvent[]> =>
    collect(open(playBytes({ chunks: cut(bytes, offsets) })), 'model');

  const ends = name === 'OpenAI' ? ['\n', '\r\n', '\r'] : ['\n', '\r\n'];
  it.each(ends)('with line ends %j, every single cut gives the same answer', async (end) => {
    const bytes = Buffer.from(text.replaceAll('\n', end));
    const whole = await play(bytes, []);
    expect(summarize(whole)).toEqual(expected);
    for (let at = 1; at < bytes.length; at += 1) expect(await play(bytes, [at])).toEqual(whole);
  });

  it('with line ends mixed at random, two or three cuts and single bytes give the same answer', async () => {
    const lines = text.split('\n');
    const mixed = fc
      .array(fc.constantFrom(...ends), { minLength: lines.length, maxLength: lines.length })
      // A CR before a line that is empty and ended by LF would be one CRLF: keep those apart.
      .map((chosen) => lines.map((line, n) => line + (n < lines.length - 1 ? glue(chosen, lines, n) : '')).join(''));
    await fc.assert(
      fc.asyncProperty(mixed, fc.array(fc.nat(), { minLength: 2, maxLength: 3 }), async (stream, cuts) => {
        const bytes = Buffer.from(stream);
        expect(
          summarize(
            await play(
              bytes,
              cuts.map((at) => at % bytes.length),
            ),
          ),
        ).toEqual(expected);
      }),
      { numRuns: 200 },
    );
    const bytes = Buffer.from(text);
    expect(summarize(await play(bytes, [...bytes.keys()]))).toEqual(expected);
  });

  it('[U7] a connection that breaks at any byte never gives a finish that was not sent, nor text that was not', async () => {
    const bytes = Buffer.from(text);
    const broken = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    for (let at = 0; at < bytes.length; at += 1) {
      const http = playBytes({ chunks: [bytes.subarray(0, at)], broken });
      const summary = summarize(await collect(open(http), 'model'));
      expect(expected.text.startsWith(summary.text)).toBe(true);
      if (summary.end.startsWith('finish'))
        expect(bytes.subarray(0, at).toString()).toMatch(/finish_reason|"done":true/);
      else expect(summary.end).toBe('STREAM_INTERRUPTED before-output');
    }
  });
});

const recorded = streams.flatMap(({ name, open }) => {
  const folder = new URL(`./${name.toLowerCase()}/__fixtures__/`, import.meta.url);
  return readdirSync(folder).map((file) => ({ file, open, bytes: readFileSync(new URL(file, folder)) }));
});

describe.each(recorded)('[U11] the recorded stream $file', ({ open, bytes }) => {
  it.each(['\n', '\r\n'])('with line ends %j and cut at any one byte is the same answer', async (end) => {
    const ended = Buffer.from(bytes.toString().replaceAll('\n', end));
    const play = async (...offsets: number[]) =>
      (await collect(open(playBytes({ chunks: cut(ended, offsets) })), 'model')).map(withoutRandomId);
    const whole = await play();
    expect(whole.length).toBeGreaterThan(2);
    for (let at = 1; at < ended.length; at += 1) expect(await play(at)).toEqual(whole);
    expect(await play(...ended.keys())).toEqual(whole);
  });
});

/** A call that came without an id gets another one each time. */
function withoutRandomId(event: ModelEvent): ModelEvent {
  return event.type === 'tool-call' && /^call_[0-9a-f]{32}$/.test(event.call_id) ? { ...event, call_id: '' } : event;
}

function glue(chosen: string[], lines: string[], n: number): string {
  const end = chosen[n] ?? '\n';
  return end === '\r' && lines[n + 1] === '' && chosen[n + 1] === '\n' ? '\n' : end;
}
