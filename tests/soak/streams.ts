/** A steady crowd: each of its members starts an answer, follows it to the end, checks it, and starts the next. */
import { type ClientRequest, request } from 'node:http';
import type { Run } from '@lightchat/protocol';
import { createParser } from 'eventsource-parser';
import { oneOf, type Random } from '../seeded/random.ts';

export interface Crowd {
  /** Ends the connections of so many members; they come back with their cursors. */
  cut(count: number): void;
  /** Stops the runs of so many members. */
  stopRuns(count: number): Promise<void>;
  /** Models asked for from now on, in turn with ordinary ones, so many times. */
  disturb(model_id: string, times: number): void;
  readonly counts: { runs: number; events: number; returns: number; ends: Record<string, number> };
  /** Resolves when everybody has seen the end of the current answer. */
  leave(): Promise<void>;
  /** Rejects when something was not as it must be. */
  readonly failed: Promise<never>;
}

const ORDINARY = ['ok?tokens=60&delay=100', 'ok?tokens=120&delay=100', 'thinking?tokens=40&delay=100'] as const;

export function gather(url: string, size: number, random: Random): Crowd {
  const counts: Crowd['counts'] = { runs: 0, events: 0, returns: 0, ends: {} };
  const members = new Map<number, { run_id: string; call?: ClientRequest }>();
  const disturbances: string[] = [];
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {}); // whoever races with it hears it
  let isOver = false;

  async function member(place: number): Promise<void> {
    while (!isOver) {
      const model_id = disturbances.pop() ?? oneOf(random, ORDINARY);
      const run = await begin(url, model_id);
      if (!run) continue;
      members.set(place, { run_id: run.id });
      const last = await follow(place, run.id);
      counts.runs += 1;
      counts.ends[last] = (counts.ends[last] ?? 0) + 1;
    }
  }

  /** Answers how the run ended. Throws on a gap or a repeat. */
  async function follow(place: number, run_id: string): Promise<string> {
    let next = 0;
    let end = '';
    while (!end) {
      await new Promise<void>((resolve) => {
        const parser = createParser({
          onEvent({ id = '', event, data }) {
            const index = Number(id.slice(id.indexOf(':') + 1));
            if (index !== next) reject(new Error(`run ${run_id}: event ${index} instead of ${next}`));
            next = index + 1;
            counts.events += 1;
            if (event === 'run-finished') end = String((JSON.parse(data) as { status: string }).status);
          },
        });
        const decoder = new TextDecoder();
        const call = request(`${url}/runs/${run_id}/events?from=${next}`, { agent: false }, (answer) => {
          answer.on('data', (chunk: Buffer) => parser.feed(decoder.decode(chunk, { stream: true })));
          answer.on('error', () => {});
        });
        members.set(place, { run_id, call });
        call
          .on('error', () => {})
          .on('close', resolve)
          .end();
      });
      if (!end) counts.returns += 1;
    }
    return end;
  }

  function some(count: number) {
    const all = [...members.values()];
    return Array.from({ length: count }, () => all[Math.floor(random() * all.length)]);
  }

  const working = Promise.all(Array.from({ length: size }, (_, place) => member(place)));
  working.catch(reject);
  return {
    counts,
    failed,
    cut(count) {
      for (const one of some(count)) one?.call?.destroy();
    },
    async stopRuns(count) {
      await Promise.all(some(count).map((one) => one && post(`${url}/runs/${one.run_id}/stop`, {})));
    },
    disturb: (model_id, times) => void disturbances.push(...Array.from({ length: times }, () => model_id)),
    async leave() {
      isOver = true;
      await Promise.race([working, failed]);
    },
  };
}

async function begin(url: string, model_id: string): Promise<Run | undefined> {
  const { status, text } = await post(`${url}/runs`, { prompt: 'Go on.', provider_id: 'up', model_id });
  return status === 202 ? (JSON.parse(text) as Run) : undefined;
}

/** On a connection of its own, so that the open files at the end are the server's doing. */
function post(url: string, body: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const call = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    call.on('error', reject).end(JSON.stringify(body));
  });
}
