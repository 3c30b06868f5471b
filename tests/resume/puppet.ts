/** An OpenAI-compatible upstream whose models say what a test tells them to, when it tells them to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Voice {
  /** Each text is an event of its own; all of them leave in one write. */
  say(texts: readonly string[]): void;
  finish(): void;
}

export interface Puppets {
  /** With `/v1`. */
  url: string;
  /** The model of this name. What it says before it was asked waits until it is. */
  voice(model: string): Voice;
  forget(model: string): void;
  close(): Promise<void>;
}

const FINISH = `${event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}data: [DONE]\n\n`;

export async function startPuppets(): Promise<Puppets> {
  const puppets = new Map<string, { waiting: string; isDone: boolean; response?: ServerResponse }>();

  function puppet(model: string) {
    const known = puppets.get(model) ?? { waiting: '', isDone: false };
    puppets.set(model, known);
    return known;
  }

  function speak(model: string): void {
    const { response, waiting, isDone } = puppet(model);
    if (!response) return;
    puppet(model).waiting = '';
    if (waiting) response.write(waiting);
    if (isDone) response.end();
  }

  const server = createServer((request, response) => {
    if (request.method !== 'POST') return void response.end('{"data":[]}'); // whoever asks for a list of models
    void modelOf(request).then((model) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      puppet(model).response = response;
      speak(model);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    voice: (model) => ({
      say(texts) {
        puppet(model).waiting += texts
          .map((content) => event({ choices: [{ index: 0, delta: { content } }] }))
          .join('');
        speak(model);
      },
      finish() {
        puppet(model).waiting += FINISH;
        puppet(model).isDone = true;
        speak(model);
      },
    }),
    forget: (model) => void puppets.delete(model),
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

async function modelOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return (JSON.parse(text) as { model: string }).model;
}
