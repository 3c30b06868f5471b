import { isTerminal } from '@lightchat/protocol';
import type { FastifyReply } from 'fastify';
import { type StreamRun, streamRun } from '../../kit/stream-run.ts';
import { encodeChunks } from './encode.ts';

/** `from` counts chunks here. */
type ShowChunks = Pick<StreamRun, 'engine' | 'owner' | 'run' | 'from' | 'sse'>;

/** Shows a run as chunks. Answers 204 when it has ended and nothing is left. */
export async function showChunks(reply: FastifyReply, view: ShowChunks): Promise<void> {
  if (view.from > 0 && isTerminal(view.run.status) && !(await isAnythingLeft(view))) {
    await reply.status(204).send();
    return;
  }
  reply.raw.setHeader('x-vercel-ai-ui-message-stream', 'v1');
  // By which the SDK's other transport asks for the rest: GET /api/chat/{this}/stream?startIndex=n.
  reply.raw.setHeader('x-workflow-run-id', view.run.id);
  await streamRun(reply, { ...view, from: 0, encode: encodeChunks(view.from) });
}

async function isAnythingLeft({ engine, owner, run, from }: ShowChunks): Promise<boolean> {
  const chunks = encodeChunks(from);
  for await (const batch of engine.follow(owner, run.id, 0, new AbortController().signal)) {
    if (chunks(batch, run).startsWith('id:')) return true;
  }
  return false;
}
