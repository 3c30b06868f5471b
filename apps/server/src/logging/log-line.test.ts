import { type LogEntry, logEntrySchema } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES, toLine, toPending } from './log-line.ts';

const TS = '2026-01-02T03:04:05.678Z';
const line = (entry: Omit<LogEntry, 'ts'>, redact = (text: string) => text) => toLine(toPending(TS, entry), redact);
const read = (text: string) => logEntrySchema.parse(JSON.parse(text));

describe('a log line', () => {
  it('[LC-010] holds the entry and its time, and ends with a newline', () => {
    const entry: Omit<LogEntry, 'ts'> = {
      role: 'assistant',
      content: 'Hello',
      provider_id: 'p',
      model_id: 'm',
      run_id: 'r',
      conversation_id: 'c',
      event_type: 'answer',
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
      duration_ms: 4,
      details: { a: [1, { b: null }] },
    };
    expect(line(entry).endsWith('}\n')).toBe(true);
    expect(read(line(entry))).toEqual({ ts: TS, ...entry });
  });

  it('[L15] stays one line whatever the content is', () => {
    const content = '\n{"fake":1}\r\n\u2028\u2029\u0085\u0000\u001b[31m"\\ \ud83d\ud83d\ude00';
    const text = line({ role: 'user', content, details: { note: '\n{"fake":2}\u2028' } });
    const raw = [...text.slice(0, -1)].filter((one) => one < ' ' || ['\u0085', '\u2028', '\u2029'].includes(one));
    expect(raw).toEqual([]);
    expect(read(text).content).toBe(content);
  });

  it.each([
    ['plain', 'x'],
    ['of control characters', '\u0001'],
    ['of three bytes each', '€'],
    ['of pairs', '😀'],
  ])('[L15] has at most 1 MiB, and says what was cut: content %s', (_, character) => {
    const content = character.repeat(3_000_000);
    const text = line({ role: 'assistant', content, details: { run: 1 } });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_LINE_BYTES / 2);
    expect(read(text).details).toEqual({ run: 1, content_cut_from: content.length });
  });

  it('leaves a content whole that just fits', () => {
    expect(read(line({ role: 'user', content: 'x'.repeat(1_000_000) })).details).toBeUndefined();
  });

  it('drops details that are too large, and survives those that are no data', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const kept = (details: Record<string, unknown>) => read(line({ role: 'error', content: 'x', details }));
    expect(kept({ text: 'x'.repeat(900_000) })).toMatchObject({ content: 'x', details: { details_cut: true } });
    expect(kept({ text: 'x'.repeat(5_000_000) })).toMatchObject({ content: 'x', details: { details_cut: true } });
    expect(kept(circular)).toMatchObject({ content: 'x', details: { details_unreadable: true } });
    expect(kept({ big: 1n })).toMatchObject({ content: 'x' });
  });

  it('[L15] redacts before it cuts, so that no half of a secret is left at the edge', () => {
    const secret = `canary-${'s'.repeat(93)}`;
    const redact = (whole: string) => whole.replaceAll(secret, '[redacted]');
    const edges = [MAX_LINE_BYTES - 10, MAX_LINE_BYTES - 100, MAX_LINE_BYTES + 16_384 - 10];
    // With many secrets before it the text shrinks, and what was behind the edge comes before it.
    for (const many of ['', secret.repeat(9000)]) {
      for (const edge of edges) {
        const content = `${many}${'x'.repeat(edge - many.length)}${secret}${'y'.repeat(2_000_000)}`;
        expect(line({ role: 'user', content }, redact)).not.toContain('canary');
      }
    }
  });
});
