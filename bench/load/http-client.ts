/** One keep-alive connection that asks one thing after another and says how long each answer took. */
import { Agent, request } from 'node:http';

export interface TimedAnswer {
  status: number;
  text: string;
  /** From the request's first byte to the answer's last. */
  ms: number;
}

export interface HttpClient {
  get(path: string): Promise<TimedAnswer>;
  close(): void;
}

export function createHttpClient(port: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    get: (path) =>
      new Promise((resolve, reject) => {
        const asked = performance.now();
        const asking = request({ host: '127.0.0.1', port, path, agent }, (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (bytes: Buffer) => pieces.push(bytes));
          answer.on('error', reject);
          answer.on('end', () => {
            const ms = performance.now() - asked;
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8'), ms });
          });
        });
        asking.on('error', reject);
        asking.end();
      }),
    close: () => agent.destroy(),
  };
}
