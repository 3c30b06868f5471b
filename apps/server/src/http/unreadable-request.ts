/** What is no HTTP, too long or too slow never becomes a request: it is answered on the bare socket. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '@lightchat/protocol';
import { setSecurityHeaders } from './security-headers.ts';

const answers = new WeakMap<Socket, ServerResponse>();

/** Remembers the answer that a connection is giving, so that nothing is written into the middle of it. */
export function noteAnswer(request: IncomingMessage, response: ServerResponse): void {
  answers.set(request.socket, response);
}

/** Answers with the one error shape and its headers, and closes the connection. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  const answer = answers.get(socket);
  const midAnswer = answer?.headersSent && !answer.writableFinished;
  if (error.code === 'ECONNRESET' || !socket.writable || midAnswer) {
    socket.destroy();
    return;
  }
  const [status, message] = meaningOf(error.code);
  const body = JSON.stringify(new AppError('INVALID_REQUEST', message).toBody());
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`];
  setSecurityHeaders({ setHeader: (name, value) => head.push(`${name}: ${value}`) }, requestId);
  head.push('content-type: application/json; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`);
  socket.end(`${head.join('\r\n')}\r\nconnection: close\r\n\r\n${body}`);
  socket.destroySoon();
}

function meaningOf(code: string | undefined): [status: number, message: string] {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'The address and headers of the request are longer than 16 KB.'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'The request took too long to arrive.'];
  return [400, 'The request could not be read: this is not well-formed HTTP.'];
}
