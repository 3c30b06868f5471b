/** Plays one history against the real server, and compares what every viewer received with the log. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '@lightchat/protocol';
import { checkLog, compareWithLog, eventsOf } from './expected.ts';
import type { History, Step } from './history.ts';
import type { Puppets, Voice } from './puppet.ts';
import { createViewer, type RunAddress, type Viewer } from './viewer.ts';

export interface Stage {
  url: string;
  port: number;
  puppets: Puppets;
}

let played = 0;

/** Rejects with what was wrong. */
export async function play(stage: Stage, history: History): Promise<void> {
  played += 1;
  const name = `history-${played}`;
  const voice = stage.puppets.voice(name);
  const run = await startRun(stage, history, name);
  const viewers = history.viewers.map((way) => createViewer(way, run));
  const scene: Scene = { stage, run, viewers, voice, said: '', tokens: 0, hasFinished: false, stops: [] };
  for (const step of history.steps) await act(scene, step);
  await act(scene, { do: 'finish' });
  await Promise.all([...viewers.map((viewer) => viewer.catchUp()), ...scene.stops]);
  stage.puppets.forget(name);

  const reader = createViewer('events-from', run);
  await reader.catchUp();
  const log = eventsOf(reader.seen);
  checkLog(log, scene.said, scene.stops.length > 0);
  for (const viewer of viewers) compareWithLog(viewer, log, run.run_id);
}

interface Scene {
  stage: Stage;
  run: RunAddress;
  viewers: Viewer[];
  voice: Voice;
  said: string;
  tokens: number;
  hasFinished: boolean;
  stops: Promise<unknown>[];
}

async function act(scene: Scene, step: Step): Promise<void> {
  switch (step.do) {
    case 'say': {
      if (scene.hasFinished) return;
      const texts = Array.from({ length: step.tokens }, () => token(scene, step.size));
      scene.said += texts.join('');
      if (!step.apart) return scene.voice.say(texts);
      for (const text of texts) {
        scene.voice.say([text]);
        await sleep(6); // longer than writes wait for each other
      }
      return;
    }
    case 'open':
      return scene.viewers[step.viewer]?.open(step.breaksAfter);
    case 'cut':
      return scene.viewers[step.viewer]?.cut();
    case 'pause':
      return scene.viewers[step.viewer]?.pause();
    case 'read':
      return scene.viewers[step.viewer]?.read();
    case 'finish':
      if (scene.hasFinished) return;
      if (scene.tokens === 0) await act(scene, { do: 'say', tokens: 1, size: 1 }); // an empty answer is a failed one
      scene.hasFinished = true;
      return scene.voice.finish();
    case 'stop':
      scene.stops.push(post(scene.stage, `/runs/${scene.run.run_id}/stop`, {}));
      return;
    case 'wait':
      await sleep(step.ms);
  }
}

/** Numbered, so that a gap and a repeat can be told apart. */
function token(scene: Scene, size: number): string {
  scene.tokens += 1;
  return `${scene.tokens}.`.padEnd(size, '~');
}

async function startRun({ url, port }: Stage, { start }: History, model_id: string): Promise<RunAddress> {
  const stage = { url };
  if (start === 'key') {
    const keyed = { prompt: 'x', provider_id: 'puppets', model_id, idempotency_key: `key-${model_id}` };
    // A double click: both must be the same run.
    const [one, two] = await Promise.all([post(stage, '/runs', keyed), post(stage, '/runs', keyed)]);
    if (one.id !== two.id) throw new Error(`one key started ${one.id} and ${two.id}`);
    return { port, run_id: one.id, keyed, stream_id: undefined };
  }
  const stream_id = `stream-${model_id}`;
  const query = new URLSearchParams({ message: 'x', provider_id: 'puppets', model_id, stream_id });
  const answer = await fetch(`${url}/chat/streaming?${query}`);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('\n\n')) text += (await reader?.read())?.value ?? '\n\n';
  await reader?.cancel();
  const run_id = /"run_id":"(\w+)"/.exec(text)?.[1];
  if (!run_id) throw new Error(`the stream did not start: ${answer.status} ${text}`);
  return { port, run_id, keyed: undefined, stream_id };
}

async function post({ url }: { url: string }, path: string, body: unknown): Promise<Run> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Run;
}
