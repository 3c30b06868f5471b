import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 67_108_864;
const MOST_MS = 10_000;

/**
 * Lets a client finish sending a body that nobody wants, within bounds: one whose connection breaks while it
 * sends is told that, and not why it was refused.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.complete) return;
  let bytes = 0;
  const cut = () => request.socket.destroy();
  const late = setTimeout(cut, MOST_MS);
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) cut();
  });
  request.on('close', () => clearTimeout(late));
  request.resume();
}
