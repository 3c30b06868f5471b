import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Change, type LogEntry, type Message, settingsSchema } from '@lightchat/protocol';
import { describe, expect, it, vi } from 'vitest';
import { openSqliteStore } from '../store/sqlite/index.ts';
import { systemClock } from '../system/clock.ts';
import { systemIds } from '../system/ids.ts';
import { createChatEngine } from './chat-engine.ts';
import type { CompletionRequest } from './completions.ts';
import { cleanTitle, type NamingPorts, nameConversation } from './name-conversation.ts';
import type { CompletionEnd } from './run/complete.ts';
import { titleFrom } from './run/title.ts';
import { directoryOf, saying, scriptedProvider } from './testing/scripted-provider.ts';
import { importedMessage } from './testing/stored-chat.ts';

const question = importedMessage('q', null, 'How do I get to Lisbon by train?');
const answer = importedMessage('a', 'q', 'Take the night train.', { role: 'assistant', conversation_id: 'conv' });
const firstWords = titleFrom('How do I get to Lisbon by train?');

function naming(over: {
  said?: Partial<CompletionEnd> | Error;
  title?: string;
  path?: Message[];
  model?: string | null;
}) {
  const { said = { text: 'Train to Lisbon' }, path = [question], model = 'small/one' } = over;
  const state = { title: over.title ?? firstWords };
  const asked: CompletionRequest[] = [];
  const logged: Omit<LogEntry, 'ts'>[] = [];
  const published: Change[] = [];
  const about = { id: 'conv', pinned: false, archived: false, created_at: 'x', updated_at: 'x' };
  const ports: NamingPorts = {
    clock: systemClock,
    logger: { write: (entry) => void logged.push(entry) },
    changes: { publish: (_owner, change) => void published.push(change) },
    conversations: {
      get: async () => ({ ...about, title: state.title }),
      path: async () => path,
      retitle: async (_owner, _id, from, to) => {
        if (state.title !== from) return false;
        state.title = to;
        return true;
      },
    },
    settings: () => settingsSchema.parse({ titles: { model } }),
    complete: async (_owner, request) => {
      asked.push(request);
      if (said instanceof Error) throw said;
      return { status: 'completed', text: '', error: null, ...said } as CompletionEnd;
    },
    closing: new AbortController().signal,
  };
  return { ports, state, asked, logged, published };
}

describe('naming a conversation', () => {
  it('[CP-6] asks the model of the settings about the first exchange, and tells the pages', async () => {
    const { ports, state, asked, published } = naming({});
    await nameConversation(ports, 'local', answer);
    expect(state.title).toBe('Train to Lisbon');
    expect(asked).toMatchObject([{ model: 'small/one', messages: [{ role: 'system' }, { role: 'user' }] }]);
    expect(asked[0]?.messages[1]?.text).toContain('night train');
    expect(published).toEqual([{ type: 'conversation-changed', conversation_id: 'conv' }]);
  });

  it('[CP-6] asks nobody without such a model, for later answers, for broken ones and for titles that a user gave', async () => {
    const cases = [
      { over: { model: null } },
      { over: { path: [question, answer, question] } },
      { over: { title: 'My own' } },
      { over: {}, said: { ...answer, status: 'interrupted' as const } },
    ];
    for (const { over, said = answer } of cases) {
      const { ports, asked, published } = naming(over);
      await nameConversation(ports, 'local', said);
      expect([asked, published]).toEqual([[], []]);
    }
  });

  it('[CP-6] leaves a title alone that was changed while the model thought', async () => {
    const { ports, state, published } = naming({});
    const { complete } = ports;
    ports.complete = (...request) => {
      state.title = 'Mine';
      return complete(...request);
    };
    await nameConversation(ports, 'local', answer);
    expect([state.title, published]).toEqual(['Mine', []]);
  });

  it('[CP-6] a model that fails or says nothing leaves the first words, and a line in the log', async () => {
    const failed = {
      status: 'failed' as const,
      error: { error_code: 'PROVIDER_ERROR' as const, message: 'no', details: {} },
    };
    for (const [said, lines] of [
      [new Error('refused'), 1],
      [failed, 1],
      [{ text: ' \n "" ' }, 0],
    ] as const) {
      const { ports, state, logged } = naming({ said });
      await nameConversation(ports, 'local', answer);
      expect([state.title, logged.length]).toEqual([firstWords, lines]);
    }
  });
});

it('[P3] a shutdown waits for answers, and for no title', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lightchat-naming-'));
  const store = openSqliteStore(folder);
  const provider = scriptedProvider(saying('the answer'), ['hang']);
  const logged: Omit<LogEntry, 'ts'>[] = [];
  const engine = createChatEngine({
    ...store,
    clock: systemClock,
    ids: systemIds,
    logger: { write: (entry) => void logged.push(entry) },
    changes: { publish: () => {} },
    providers: directoryOf(provider),
    settings: () => settingsSchema.parse({ titles: { model: 'scripted/model' } }),
  });
  await engine.start('local', { prompt: 'x' });
  await vi.waitFor(() => expect(provider.requests).toHaveLength(2));
  const began = performance.now();
  await engine.drain(20_000);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(logged.map(({ role }) => role)).not.toContain('error');
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a title that a model wrote', () => {
  it('[CP-6] becomes one line of at most 60 characters of plain text', () => {
    for (const [said, title] of [
      ['"Train to Lisbon."', 'Train to Lisbon'],
      ['**Title:** _Train_ to `Lisbon`\nMore words', 'Train to Lisbon'],
      ['\n\n# Train\tto\u0000 Lisbon\u202e', 'Train to Lisbon'],
      ['<think>about\ntrains</think>\nTrain to Lisbon', 'Train to Lisbon'],
      ['<b onclick="x()">Train</b> to <script>Lisbon', 'Train to Lisbon'],
      ["“L'été à Lisbonne”", "L'été à Lisbonne"],
      ['里斯本火车', '里斯本火车'],
    ] as const) {
      expect(cleanTitle(said)).toBe(title);
    }
    expect(cleanTitle('<think>without an end')).toBeUndefined();
    expect(cleanTitle('"…"\n')).toBe('…');
    expect(cleanTitle('')).toBeUndefined();
    const long = cleanTitle('word '.repeat(100)) ?? '';
    expect([...long].length).toBeLessThanOrEqual(60);
    expect(long).toMatch(/word…$/);
    expect([...(cleanTitle('😀'.repeat(100)) ?? '')]).toHaveLength(60);
  });
});
