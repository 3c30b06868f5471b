/** Requests that fetch would not send: any Host, any framing. */
import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

/** Sends the head and a body, and resolves with the first answer that is whole. */
export function rawRequest(port: number, head: string[], body: string | Buffer = ''): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (piece) => {
      text += piece;
      const answer = parse(text);
      if (!answer) return;
      resolve(answer);
      socket.destroy();
    });
    socket.on('close', () => reject(new Error(`the server closed after ${JSON.stringify(text)}`)));
    // A server that refuses early may reset the connection under what we still send.
    socket.on('error', () => undefined);
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(body);
  });
}

/** The answer in `text`, once as much of it is there as its content-length says. */
function parse(text: string): RawAnswer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = text.slice(end + 4);
  if (body.length < Number(headers['content-length'])) return undefined;
  return { status: Number(first.split(' ')[1]), headers, body };
}
