import { describe, expect, it } from 'vitest';
import { createLineReader, createSseReader, type EventReader, type EventSink } from './event-reader.ts';

function record(create: (sink: EventSink, max: number) => EventReader, max = 1000) {
  const seen: string[] = [];
  const reader = create(
    {
      onEvent: (data, name, last) => seen.push(`${name ? `${name}:` : ''}${data}${last ? ' (last)' : ''}`),
      onAlive: () => seen.push('alive'),
      onTooLarge: () => seen.push('too large'),
    },
    max,
  );
  return { reader, seen };
}

function readSse(...texts: string[]): string[] {
  const { reader, seen } = record(createSseReader, 10_000);
  for (const text of texts) reader.feed(text);
  reader.finish();
  return seen;
}

describe('[U12] server-sent events', () => {
  it.each([
    ['data: a\n\ndata:b\n\n', ['a', 'b']],
    ['data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['data: a\r\rdata: b\r\r', ['a', 'b']],
    ['data: a\r\n\rdata: b\n\r\n', ['a', 'b']],
    ['\uFEFFdata: a\n\n', ['a']],
    ['data: a\ndata: b\n\n', ['a\nb']],
    ['data:  a\n\n', [' a']],
    ['data\n\ndata:\n\ndata: a\n\n', ['a']],
    [': note\n\ndata: a\n\n', ['alive', 'a']],
    ['id: 7\nretry: 1\nwhat: ever\ndata: a\n\n', ['a']],
    ['event: error\ndata: a\n\ndata: b\n\n', ['error:a', 'b']],
    ['\n\n\n\ndata: a\n\n', ['a']],
    ['data: a\n\ndata: b', ['a', 'b (last)']],
    ['data: a\n\ndata: b\n', ['a', 'b (last)']],
  ])('%j', (text, events) => {
    expect(readSse(text)).toEqual(events);
    expect(readSse(...text)).toEqual(events);
  });

  it('[U13] an event beyond the bound ends the reading, in one piece or in many', () => {
    const one = record(createSseReader, 100);
    one.reader.feed(`data: ${'x'.repeat(200)}\n\n`);
    expect(one.seen).toEqual(['too large']);
    const many = record(createSseReader, 100);
    for (let n = 0; n < 12 && many.seen.length === 0; n += 1) many.reader.feed(n === 0 ? 'data: ' : 'x'.repeat(10));
    expect(many.seen).toEqual(['too large']);
    const lines = record(createSseReader, 100);
    for (let n = 0; n < 20 && lines.seen.length === 0; n += 1) lines.reader.feed(`data: ${'x'.repeat(9)}\n`);
    expect(lines.seen).toEqual(['too large']);
  });
});

/**
 * The cases of web-platform-tests (eventsource/format-*, event-data), by name. What the reader does not hand on is
 * left out of them: `id` and `retry` change nothing here, and an event without data is no event of a provider's.
 */
describe('[U12] the WHATWG cases', () => {
  const long = 'x'.repeat(2049);
  it.each<[string, string, string[]]>([
    [
      'event-data',
      'data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n',
      ['msg\nmsg', 'end'],
    ],
    ['format-bom', '\uFEFFdata:1\n\n\uFEFFdata:2\n\ndata:3\n\n', ['1', '3']],
    ['format-bom-2', '\uFEFF\uFEFFdata:1\n\ndata:2\n\ndata:3\n\n', ['2', '3']],
    ['format-comments', `data:1\r:\0\n:\r\ndata:2\n:${long}\rdata:3\n:data:fail\r:${long}\ndata:4\n\n`, ['1\n2\n3\n4']],
    ['format-field-data', 'data:\n\ndata\ndata\n\ndata:test\n\n', ['\n', 'test']],
    ['format-field-event', 'event:test\ndata:x\n\ndata:x\n\n', ['test:x', 'x']],
    ['format-field-event-empty', 'event: \ndata:data\n\n', ['data']],
    ['format-field-id', 'id:\u2026\ndata:hello\n\n', ['hello']],
    ['format-field-id-2', 'id:foo\ndata:1\n\ndata:2\n\nid:bar\ndata:3\n\nid\ndata:4\n\n', ['1', '2', '3', '4']],
    ['format-field-id-3', 'id:\ndata:hello\n\n', ['hello']],
    ['format-field-id-null', 'id:\0\0\ndata:hello\n\n', ['hello']],
    [
      'format-field-parsing',
      'data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n',
      ['\0\n 2\n1\n3\n\n4'],
    ],
    ['format-field-retry', 'retry:3000\ndata:x\n\n', ['x']],
    ['format-field-retry-bogus', 'retry:3000\nretry:1000x\ndata:x\n\n', ['x']],
    ['format-field-retry-empty', 'retry\ndata:test\n\n', ['test']],
    [
      'format-field-unknown',
      'data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n',
      ['test\n\ntest'],
    ],
    ['format-leading-space', 'data:\ttest\rdata: \ndata:test\n\n', ['\ttest\n\ntest']],
    ['format-newlines', 'data:test\r\ndata\ndata:test\r\n\r', ['test\n\ntest']],
    ['format-null-character', 'data:\0\n\n\n\n', ['\0']],
    ['format-utf-8', 'data:ok\u2026\n\n', ['ok\u2026']],
  ])('%s', (_, text, events) => {
    const withoutAlive = (seen: string[]) => seen.filter((one) => one !== 'alive');
    expect(withoutAlive(readSse(text))).toEqual(events);
    expect(withoutAlive(readSse(...text))).toEqual(events);
  });

  it('format-data-before-final-empty-line: what has no blank line after it is only handed on as the last', () => {
    expect(readSse('retry:1000\ndata:test1\n\nid:test\ndata:test2')).toEqual(['test1', 'test2 (last)']);
  });
});

describe('[U12] JSON lines', () => {
  it.each([
    ['{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    ['\uFEFF{"a":1}\n', ['{"a":1}']],
    ['\n \n{"a":1}\n', ['alive', 'alive', '{"a":1}']],
    ['{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2} (last)']],
    ['', []],
  ])('%j', (text, events) => {
    for (const pieces of [[text], [...text]]) {
      const { reader, seen } = record(createLineReader);
      for (const piece of pieces) reader.feed(piece);
      reader.finish();
      expect(seen).toEqual(events);
    }
  });

  it('[U13] a line beyond the bound ends the reading, in one piece or in many', () => {
    const one = record(createLineReader, 100);
    one.reader.feed(`${'x'.repeat(200)}\n{"a":1}\n`);
    expect(one.seen).toEqual(['too large']);
    const many = record(createLineReader, 100);
    for (let n = 0; n < 30; n += 1) many.reader.feed('x'.repeat(10));
    many.reader.feed('\n{"a":1}\n');
    many.reader.finish();
    expect(many.seen).toEqual(['too large']);
  });
});
