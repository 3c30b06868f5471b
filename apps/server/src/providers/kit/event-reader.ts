import { createParser } from 'eventsource-parser';

/** Cuts decoded text into the events of one wire format. */
export interface EventReader {
  feed(text: string): void;
  /** The body ended properly: an event that lacks only its end mark is given too, marked `last`. */
  finish(): void;
}

export interface EventSink {
  /** `name` is the SSE event name. `last`: the body ended inside this event, so it may be half of one. */
  onEvent(data: string, name: string | undefined, last: boolean): void;
  /** A sign of life that is not an event: a comment, an empty line. */
  onAlive(): void;
  /** An event is larger than the bound. Nothing more is read. */
  onTooLarge(): void;
}

/** Server-sent events as the WHATWG reads them. `id` and `retry` stay here. */
export function createSseReader(sink: EventSink, maxLength: number): EventReader {
  let last = false;
  const parser = createParser({
    maxBufferSize: maxLength,
    onEvent({ data, event }) {
      if (data.length > maxLength) sink.onTooLarge();
      else if (data !== '') sink.onEvent(data, event, last);
    },
    onComment: () => sink.onAlive(),
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') sink.onTooLarge();
    },
  });
  return {
    feed: (text) => parser.feed(text),
    finish() {
      last = true;
      parser.feed('\n\n');
    },
  };
}

/** One JSON value a line (Ollama). LF or CRLF; JSON text has no raw line breaks inside. */
export function createLineReader(sink: EventSink, maxLength: number): EventReader {
  // Fragments are joined once, when their line ends: a long line in many reads stays linear.
  let fragments: string[] = [];
  let length = 0;
  let stopped = false;

  function line(text: string, last: boolean): void {
    const data = text.trim();
    if (data.length > maxLength) tooLarge();
    else if (data === '') sink.onAlive();
    else sink.onEvent(data, undefined, last);
  }
  function tooLarge(): void {
    stopped = true;
    fragments = [];
    sink.onTooLarge();
  }
  return {
    feed(text) {
      let start = 0;
      while (!stopped) {
        const end = text.indexOf('\n', start);
        if (end === -1) break;
        const rest = text.slice(start, end);
        start = end + 1;
        if (fragments.length === 0) {
          line(rest, false);
          continue;
        }
        fragments.push(rest);
        const whole = fragments.join('');
        fragments = [];
        length = 0;
        line(whole, false);
      }
      if (stopped || start >= text.length) return;
      fragments.push(start === 0 ? text : text.slice(start));
      length += text.length - start;
      if (length > maxLength) tooLarge();
    },
    finish() {
      if (!stopped && fragments.length > 0) line(fragments.join(''), true);
    },
  };
}
