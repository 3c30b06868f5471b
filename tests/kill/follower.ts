/** A viewer that writes down what it was really sent, until the connection breaks. */
import { createParser } from 'eventsource-parser';

export interface Received {
  index: number;
  data: string;
}

export interface Follower {
  received: Received[];
  /** Resolves when the connection has ended, in whatever way. */
  ended: Promise<void>;
}

export function follow(url: string, runId: string, from = 0): Follower {
  const received: Received[] = [];
  const parser = createParser({
    onEvent: ({ id = '', data }) => received.push({ index: Number(id.slice(id.lastIndexOf(':') + 1)), data }),
  });
  return { received, ended: read(`${url}/runs/${runId}/events?from=${from}`, (text) => parser.feed(text)) };
}

async function read(url: string, onText: (text: string) => void): Promise<void> {
  try {
    const answer = await fetch(url);
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) onText(decoder.decode(chunk, { stream: true }));
  } catch {
    // A killed server resets its connections: that is what this is for.
  }
}
