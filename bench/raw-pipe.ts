/**
 * The yardstick: Node's own http server and client with nothing between them. It passes request and answer bytes
 * through to the upstream whose port is its only argument.
 */
import { Agent, createServer, request } from 'node:http';

const upstreamPort = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true });

const server = createServer((incoming, outgoing) => {
  const { method, url: path, headers } = incoming;
  const upstream = request({ host: '127.0.0.1', port: upstreamPort, method, path, headers, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? '' });
    answer.pipe(outgoing);
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => outgoing.writableFinished || upstream.destroy());
  incoming.pipe(upstream);
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  if (typeof address === 'object' && address) {
    process.stdout.write(`${JSON.stringify({ ready: true, port: address.port, pid: process.pid })}\n`);
  }
});
