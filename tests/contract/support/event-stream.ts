/** Reads server-sent events one by one, so that a test can cut a stream at an exact place. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';

export type Json = Record<string, unknown>;

export interface StreamEvent {
  /** Only when the event itself carried one. */
  id: string | undefined;
  /** `message` for an unnamed one, as EventSource calls it. */
  event: string;
  data: Json;
}

export interface EventStream {
  readonly response: Response;
  /** Comments so far. */
  readonly comments: string[];
  /** The next event; undefined at the end. */
  next(): Promise<StreamEvent | undefined>;
  /** As many events as asked for, fewer at the end. */
  take(count: number): Promise<StreamEvent[]>;
  /** Everything up to the end. */
  rest(): Promise<StreamEvent[]>;
  /** Hangs up, as a browser does that closes the tab. */
  cut(): Promise<void>;
}

/** Opens the stream and resolves with its headers. A 204 is a stream without events. */
export async function openStream(url: string, init: RequestInit = {}): Promise<EventStream> {
  const hangUp = new AbortController();
  const response = await fetch(url, { ...init, signal: hangUp.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const waiting: StreamEvent[] = [];
  const comments: string[] = [];
  const parser = createParser({
    onEvent: (message) => waiting.push(read(message)),
    onComment: (comment) => comments.push(comment),
    onError: (error) => {
      throw error;
    },
  });

  const next = async (): Promise<StreamEvent | undefined> => {
    while (waiting.length === 0) {
      const piece = await reader?.read();
      if (!piece || piece.done) return undefined;
      parser.feed(piece.value);
    }
    return waiting.shift();
  };
  const take = async (count: number): Promise<StreamEvent[]> => {
    const taken: StreamEvent[] = [];
    while (taken.length < count) {
      const event = await next();
      if (!event) break;
      taken.push(event);
    }
    return taken;
  };
  return {
    response,
    comments,
    next,
    take,
    rest: () => take(Number.POSITIVE_INFINITY),
    async cut() {
      hangUp.abort();
      await reader?.closed.catch(() => undefined);
    },
  };
}

function read({ id, event, data }: EventSourceMessage): StreamEvent {
  // The one event that is no JSON, where OpenAI's and the AI SDK's streams end.
  return { id, event: event ?? 'message', data: data === '[DONE]' ? { type: data } : (JSON.parse(data) as Json) };
}
