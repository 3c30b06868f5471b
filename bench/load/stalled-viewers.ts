/** Viewers of live runs that read nothing at all: what the system's buffers do not take stays with the server. */
import { connect, type Socket } from 'node:net';
import { sleep } from '../clock.ts';
import type { Contender } from '../contenders.ts';
import { memoryKilobytes, openConnections } from '../process-stats.ts';
import { formatShape, type StreamShape } from '../stream-shape.ts';

export interface StalledLoad {
  viewers: number;
  /** The viewers are spread over this many, so that the upstream is not what is measured. */
  runs: number;
  shape: Partial<StreamShape> & { tokens: number };
  /** From the first viewer on, memory is looked at for this long. */
  watch_ms: number;
}

export interface StalledRound {
  before_kb: number;
  peak_kb: number;
  after_kb: number;
  connected: number;
  /** Viewers that the server has cut off by the end. */
  cut_off: number;
  faults: string[];
}

/** Looks at memory this often. */
const LOOK_MS = 250;
/** So many of them read in the end what they were sent, and come back for the rest. */
const RETURNING = 5;

interface Viewer {
  run_id: string;
  socket: Socket;
  /** Its own. */
  port: number;
}

/** With no viewers, it is the same runs that nobody watches. */
export async function runStalledViewers(server: Contender, load: StalledLoad): Promise<StalledRound> {
  const before_kb = memoryKilobytes(server.pid).resident;
  const runs = await Promise.all(Array.from({ length: load.runs }, () => startRun(server.port, load.shape)));
  const viewers: Viewer[] = [];
  for (let n = 0; n < load.viewers; n += 1) {
    const run_id = runs[n % runs.length] ?? '';
    const socket = await watch(server.port, run_id);
    viewers.push({ run_id, socket, port: socket.localPort ?? 0 });
  }
  const countOpen = () => {
    const open = openConnections(server.pid, server.port);
    return viewers.filter(({ port }) => open.has(port)).length;
  };
  const connected = countOpen();
  let peak_kb = 0;
  let after_kb = 0;
  const until = performance.now() + load.watch_ms;
  while (performance.now() < until) {
    after_kb = memoryKilobytes(server.pid).resident;
    peak_kb = Math.max(peak_kb, after_kb);
    await sleep(LOOK_MS);
  }
  const cut_off = connected - countOpen();
  const returned = await Promise.all(viewers.slice(0, RETURNING).map((viewer) => comeBack(server.port, viewer)));
  for (const { socket } of viewers) socket.destroy();
  return { before_kb, peak_kb, after_kb, connected, cut_off, faults: returned.flatMap((fault) => fault ?? []) };
}

async function startRun(port: number, shape: StalledLoad['shape']): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'bench stalled', provider_id: 'bench', model_id: formatShape(shape) }),
  });
  const run = (await answer.json()) as { id?: string };
  if (!run.id) throw new Error(`POST /runs answered ${answer.status}: ${JSON.stringify(run)}`);
  return run.id;
}

/** A viewer that asks, and reads not one byte until it is resumed. */
function watch(port: number, run_id: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.pause();
    socket.once('connect', () => {
      socket.write(`GET /runs/${run_id}/events HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

/** Reads what was sent, then asks for the rest. Answers what is wrong when both are not the whole answer. */
async function comeBack(port: number, { run_id, socket }: Viewer): Promise<string | undefined> {
  const taken = await readToEnd(socket);
  const seen = wholeEvents(taken).map(({ index }) => index);
  const next = seen.length;
  if (!seen.every((index, place) => index === place))
    return `a stalled viewer of ${run_id} was sent events out of order`;
  if (taken.includes('event: run-finished'))
    return `a stalled viewer of ${run_id} was sent everything: nothing was tested`;
  const answer = await fetch(`http://127.0.0.1:${port}/runs/${run_id}/events?from=${next}`);
  const rest = wholeEvents(await answer.text());
  const isWhole = rest.every(({ index }, place) => index === next + place) && rest.at(-1)?.type === 'run-finished';
  return isWhole
    ? undefined
    : `a viewer that came back to event ${next} of ${run_id} was answered ${answer.status}, ${rest.length} events`;
}

/** Ends when the server has ended it, however: what it was sent counts. */
function readToEnd(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  return new Promise((resolve) => {
    const end = () => resolve(Buffer.concat(pieces).toString('latin1'));
    const timer = setTimeout(end, 10_000);
    socket.on('data', (bytes) => pieces.push(bytes));
    socket.once('close', () => {
      clearTimeout(timer);
      end();
    });
    socket.resume();
  });
}

/** Of a chunked or a plain body: an event counts when its line of data has ended. */
function wholeEvents(text: string): { index: number; type: string }[] {
  const events = text.matchAll(/id: [^\s:]+:(\d+)\nevent: ([a-z-]+)\ndata: [^\n]*\n\n/g);
  return [...events].map(([, index, type = '']) => ({ index: Number(index), type }));
}
