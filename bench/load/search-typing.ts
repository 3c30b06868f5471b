/** Someone who types searches letter by letter and waits for each answer, which is checked; and /health meanwhile. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type FoundConversation, type MessagePart, messageText } from '@lightchat/protocol';
import { sleep } from '../clock.ts';
import { randomNumbers } from '../prose.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

/** Milliseconds between two looks at /health. */
const LOOK_MS = 5;

/**
 * What is typed: words as they stand in stored messages, so that common and rare ones come as often as in the text.
 * Each third search is for two words that stand side by side. To be read before the server has the database.
 */
export function pickSearches(folder: string, count: number): string[] {
  const database = new DatabaseSync(join(folder, 'lightchat.db'), { readOnly: true });
  try {
    const { last } = database.prepare('SELECT max(position) AS last FROM messages').get() as { last: number };
    const at = database.prepare('SELECT parts FROM messages WHERE position = ?');
    const random = randomNumbers(11);
    return Array.from({ length: count }, (_, n) => {
      const { parts } = at.get(1 + Math.floor(random() * last)) as { parts: string };
      const words = messageText({ parts: JSON.parse(parts) as MessagePart[] }).match(/[a-z]+/gi) ?? [];
      const most = n % 3 === 2 ? 2 : 1;
      const from = Math.floor(random() * (words.length - most + 1));
      return words
        .slice(from, from + most)
        .join(' ')
        .toLowerCase();
    });
  } finally {
    database.close();
  }
}

export interface TypingRound {
  /** Milliseconds of every search. */
  search_ms: number[];
  slowest: { q: string; ms: number };
  /** Milliseconds of every look at /health while it was being typed. */
  health_ms: number[];
  faults: string[];
}

export async function runTyping(port: number, searches: readonly string[]): Promise<TypingRound> {
  const client = createHttpClient(port);
  const round: TypingRound = { search_ms: [], slowest: { q: '', ms: 0 }, health_ms: [], faults: [] };
  let isTyping = true;
  const looking = lookAtHealth(port, () => isTyping);
  try {
    for (const search of searches) {
      for (let typed = 1; typed <= search.length; typed += 1) {
        const q = search.slice(0, typed);
        if (!q.endsWith(' ')) await ask(client, q, round);
      }
    }
  } finally {
    isTyping = false;
    client.close();
  }
  round.health_ms = await looking;
  return round;
}

async function ask(client: HttpClient, q: string, round: TypingRound): Promise<void> {
  const { status, text, ms } = await client.get(`/api/chat/sessions?q=${encodeURIComponent(q)}`);
  round.search_ms.push(ms);
  if (ms > round.slowest.ms) round.slowest = { q, ms };
  const fault =
    status === 200 ? faultOf(q, (JSON.parse(text) as { items: FoundConversation[] }).items) : `${status}: ${text}`;
  if (fault) round.faults.push(`"${q}": ${fault}`);
}

/** Every search is for words that stand in a message, so that something is found, and shown where it stands. */
function faultOf(q: string, items: readonly FoundConversation[]): string | undefined {
  if (items.length === 0) return 'nothing was found';
  if (new Set(items.map(({ id }) => id)).size < items.length) return 'a conversation was found twice';
  const words = q.split(' ');
  const unfinished = words.at(-1) ?? '';
  const wrong = items.find(({ match: { snippet, marks } }) => {
    const isRight = ([start, end]: [number, number]) => {
      const word = snippet.slice(start, end).toLowerCase();
      // The snippet's end may cut a word.
      const isCut = end === snippet.length - 1 && snippet.endsWith('…');
      return word.startsWith(unfinished) || words.some((other) => (isCut ? other.startsWith(word) : other === word));
    };
    return marks.length === 0 || !marks.every(isRight);
  });
  return wrong && `marked wrongly in ${JSON.stringify(wrong.match)}`;
}

/** Milliseconds of each look at /health, one every few milliseconds, while `goesOn`. Rejects when it does not answer 200. */
export async function lookAtHealth(port: number, goesOn: () => boolean): Promise<number[]> {
  const client = createHttpClient(port);
  const times: number[] = [];
  try {
    while (goesOn()) {
      const { status, ms } = await client.get('/health');
      if (status !== 200) throw new Error(`/health answered ${status}`);
      times.push(ms);
      await sleep(LOOK_MS);
    }
  } finally {
    client.close();
  }
  return times;
}
