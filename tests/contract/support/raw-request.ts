/** Requests that fetch would not send: any Host, any framing, a viewer that reads nothing. */
import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

/** Sends the head and a body, and resolves with what came until the server closed. `Connection: close` is added. */
export function rawRequest(port: number, head: string[], body: string | Buffer = ''): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const pieces: Buffer[] = [];
    const answered = () => {
      const text = Buffer.concat(pieces).toString();
      if (text === '') reject(new Error('the server closed without an answer'));
      else resolve(parse(text));
    };
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('close', answered);
    // A server that refuses early may reset the connection under what we still send.
    socket.on('error', () => undefined);
    socket.write(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n`);
    socket.write(body);
  });
}

/**
 * A viewer that asks and then takes in nothing. Resolves when the server has closed the connection, which shows when
 * we write: an empty line before a next request means nothing.
 */
export function stalledViewer(port: number, path: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const knock = setInterval(() => socket.write('\r\n'), 100);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(knock);
      resolve();
    });
  });
}

function parse(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
}
