/** Takes one chunked HTTP response apart into server-sent events. Anything but `200` with chunks is a fault. */
interface Listener {
  event(text: string): void;
  end(fault?: string): void;
}

export class ResponseReader {
  readonly #listener: Listener;
  #state: 'head' | 'size' | 'body' | 'done' = 'head';
  /** Bytes that are not understood yet. */
  #input = '';
  /** Left of the current chunk, its line end included. */
  #left = 0;
  /** The begun event. */
  #event = '';

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  reset(): void {
    this.#state = 'head';
    this.#input = '';
    this.#event = '';
  }

  push(text: string): void {
    this.#input = this.#input === '' ? text : this.#input + text;
    while (this.#step());
  }

  #step(): boolean {
    if (this.#state === 'head') return this.#readHead();
    if (this.#state === 'size') return this.#readSize();
    return this.#state === 'body' && this.#readBody();
  }

  #readHead(): boolean {
    const end = this.#input.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = this.#input.slice(0, end);
    if (!head.startsWith('HTTP/1.1 200') || !/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#finish(this.#input.slice(0, 600));
      return false;
    }
    this.#input = this.#input.slice(end + 4);
    this.#state = 'size';
    return true;
  }

  #readSize(): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const size = Number.parseInt(this.#input.slice(0, end), 16);
    if (size === 0 && this.#input.length < end + 4) return false;
    this.#input = this.#input.slice(end + 2);
    this.#left = size + 2;
    this.#state = 'body';
    if (size === 0) this.#finish();
    return size > 0;
  }

  #readBody(): boolean {
    if (this.#input === '') return false;
    const piece = this.#input.slice(0, this.#left);
    this.#input = this.#input.slice(piece.length);
    const data = Math.max(0, this.#left - 2);
    this.#left -= piece.length;
    this.#readEvents(piece.slice(0, data));
    if (this.#left === 0) this.#state = 'size';
    return true;
  }

  #readEvents(piece: string): void {
    let text = this.#event === '' ? piece : this.#event + piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      this.#listener.event(text.slice(0, end + 1));
      text = text.slice(end + 2);
    }
    this.#event = text;
  }

  #finish(fault?: string): void {
    this.#state = 'done';
    this.#listener.end(fault);
  }
}
