/**
 * Portkey's gateway as it is published, on a free port. As published, 1.15.2 answers every request with a 500 ("immutable"):
 * it adds headers to the upstream's own response, which Node does not allow. It is given responses whose headers may change.
 */
import { connect, createServer } from 'node:net';
import { sayReady } from './say-ready.mjs';

const fetchReal = globalThis.fetch;
globalThis.fetch = async (...args) => {
  const { body, status, statusText, headers } = await fetchReal(...args);
  return new Response(body, { status, statusText, headers: new Headers(headers) });
};

const port = await freePort();
process.argv.splice(2, Number.POSITIVE_INFINITY, `--port=${port}`, '--headless');
await import('@portkey-ai/gateway/build/start-server.js');
while (!(await listens(port))) await new Promise((resolve) => setTimeout(resolve, 20));
sayReady(port);

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}

function listens(at) {
  return new Promise((resolve) => {
    const socket = connect(at, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
