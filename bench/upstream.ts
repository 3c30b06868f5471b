/**
 * A scripted OpenAI-compatible upstream, fast enough not to be what is measured: it reads just enough HTTP on
 * raw sockets and writes pre-encoded chunk frames. The model id gives the shape of the answer (stream-shape.ts),
 * the last word of the last message names the stream. Prints `{"ready":true,"port":…}` when it listens.
 */
import { createServer, type Socket } from 'node:net';
import { nowMicros } from './clock.ts';
import { formatShape, formatToken, parseShape, type StreamShape } from './stream-shape.ts';
import { TimerWheel } from './timer-wheel.ts';

interface Answer {
  socket: Socket;
  shape: StreamShape;
  stream: string;
  sent: number;
  started_ms: number;
}

const HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n';
const CHUNK =
  'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"bench","system_fingerprint":"fp_bench","choices":[';
const DELTA_OPEN = `${CHUNK}{"index":0,"delta":{"content":"`;
const DELTA_CLOSE = '"},"logprobs":null,"finish_reason":null}]}\n\n';
const ROLE = `${CHUNK}{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}\n\n`;
const FINISH = `${CHUNK}{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}\n\n`;

const frame = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

function tail(tokens: number): string {
  const usage = `{"prompt_tokens":8,"completion_tokens":${tokens},"total_tokens":${tokens + 8}}`;
  return `${FINISH}${CHUNK}],"usage":${usage}}\n\ndata: [DONE]\n\n`;
}

/** Writes the next events of the answer; true when that was the last of it. */
function writeNext(answer: Answer): boolean {
  const { socket, shape, stream } = answer;
  const until = Math.min(answer.sent + shape.per_write, shape.tokens);
  const clock = nowMicros();
  let text = answer.sent === 0 ? ROLE : '';
  for (; answer.sent < until; answer.sent += 1) {
    text += DELTA_OPEN + formatToken(stream, answer.sent, clock, shape.padding) + DELTA_CLOSE;
  }
  const last = answer.sent === shape.tokens;
  if (last) text += tail(shape.tokens);
  socket.write(last ? `${frame(text)}0\r\n\r\n` : frame(text), 'latin1');
  return last;
}

const wheel = new TimerWheel<Answer>((answer) => {
  if (answer.socket.destroyed || writeNext(answer)) return undefined;
  const { shape, sent, started_ms } = answer;
  return started_ms + shape.first_ms + (sent / shape.per_write) * shape.delay_ms;
});

function start(socket: Socket, shape: StreamShape, stream: string): void {
  const answer: Answer = { socket, shape, stream, sent: 0, started_ms: performance.now() };
  socket.cork();
  socket.write(HEAD, 'latin1');
  if (shape.delay_ms === 0 && shape.first_ms === 0) while (!writeNext(answer));
  else if (shape.first_ms > 0) wheel.add(answer, answer.started_ms + shape.first_ms);
  else if (!writeNext(answer)) wheel.add(answer, answer.started_ms + shape.delay_ms);
  socket.uncork();
}

function writeJson(socket: Socket, status: string, body: unknown): void {
  const text = JSON.stringify(body);
  socket.write(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

function answerRequest(socket: Socket, head: string, body: string): void {
  if (head.startsWith('GET')) {
    const id = formatShape({ tokens: 5 });
    writeJson(socket, '200 OK', { object: 'list', data: [{ id, object: 'model' }] });
    return;
  }
  const request = JSON.parse(body) as { model: string; messages: { content: string }[] };
  const shape = parseShape(request.model);
  const stream = request.messages.at(-1)?.content.split(' ').at(-1);
  if (shape && stream) start(socket, shape, stream);
  else writeJson(socket, '400 Bad Request', { error: { message: `not a scripted model or prompt: ${request.model}` } });
}

const server = createServer({ noDelay: true }, (socket) => {
  let pending = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    for (;;) {
      const end = pending.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = pending.toString('latin1', 0, end);
      if (/\r\ntransfer-encoding:/i.test(head)) {
        return void socket.end('HTTP/1.1 411 Length Required\r\ncontent-length: 0\r\n\r\n');
      }
      const bodyEnd = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (pending.length < bodyEnd) return;
      const body = pending.toString('utf8', end + 4, bodyEnd);
      pending = pending.subarray(bodyEnd);
      answerRequest(socket, head, body);
    }
  });
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  if (typeof address === 'object' && address) {
    process.stdout.write(`${JSON.stringify({ ready: true, port: address.port, pid: process.pid })}\n`);
  }
});
