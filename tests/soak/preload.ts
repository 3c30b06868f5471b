/** Loaded into the server: tells what it holds, after collecting what is garbage. Nothing in the product knows of it. */
import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

createServer((_, response) => {
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  response.end(JSON.stringify({ rss, heapUsed, external, handles: process.getActiveResourcesInfo().length }));
})
  .listen(process.env.SOAK_SOCKET)
  .unref();
