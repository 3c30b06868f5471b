/** Shows a run to one viewer: every surface that streams is a codec handed to this. */
import type { ChatEvent, Run } from '@lightchat/protocol';
import { isTerminal } from '@lightchat/protocol';
import type { FastifyReply } from 'fastify';
import type { ChatEngine } from '../../engine/chat-engine.ts';
import type { Owner } from '../../engine/ports.ts';
import { openSse, type SseOptions, type SseStream } from './sse.ts';

/** A batch of a run as a surface writes it; '' when it has nothing to say about it. */
export type Encode = (events: readonly ChatEvent[], run: Run) => string;

export interface StreamRun {
  engine: ChatEngine;
  owner: Owner;
  run: Run;
  /** First event index the viewer wants. */
  from: number;
  encode: Encode;
  /** Where the log is read from when that is not `from`: a codec that counts must see everything. */
  readFrom?: number;
  sse: SseOptions;
}

/**
 * Answers 204 when the run has ended and nothing is left (https://html.spec.whatwg.org: stop reconnecting). Does not
 * wait for the end of the stream: a handler that did would keep its request, body and all, in memory for as long.
 */
export async function streamRun(reply: FastifyReply, view: StreamRun): Promise<void> {
  const { run, from } = view;
  if (isTerminal(run.status) && from >= run.next_index) {
    await reply.status(204).send();
    return;
  }
  const { log } = reply;
  showRun(openSse(reply, view.sse), view).catch((err: unknown) => log.error({ err }));
}

async function showRun(stream: SseStream, view: StreamRun): Promise<void> {
  const { engine, owner, run, from, encode } = view;
  try {
    for await (const batch of engine.follow(owner, run.id, view.readFrom ?? from, stream.signal)) {
      const text = encode(batch, run);
      if (text === '') continue;
      const written = stream.write(text);
      if (written !== true && !(await written)) break;
    }
    stream.end();
  } catch (error) {
    stream.cut();
    throw error;
  }
}

/** Encodes a batch once for all viewers of the same surface: they get it one after another in one turn. */
export function sharedEncoding(encode: Encode): Encode {
  let lastBatch: readonly ChatEvent[] | undefined;
  let lastText = '';
  return (batch, run) => {
    if (batch !== lastBatch) {
      lastText = encode(batch, run);
      lastBatch = batch;
    }
    return lastText;
  };
}
