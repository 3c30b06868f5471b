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
  const { reader, seen } = record(createSseReader);
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
