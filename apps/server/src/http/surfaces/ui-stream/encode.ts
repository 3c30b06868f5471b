import { formatCursor } from '@lightchat/protocol';
import type { Encode } from '../../kit/stream-run.ts';
import { createChunker } from './chunks-of.ts';

/**
 * Chunks as server-sent events from chunk index `from` on. Chunks are numbered densely from 0, apart from the events
 * they come of, and the number is the event's `id`, so that a reconnect can go on exactly after any of them. The codec
 * sees the run from its first event, whatever is wanted.
 */
export function encodeChunks(from: number): Encode {
  const chunksOf = createChunker();
  let index = 0;
  return (events, run) => {
    let text = '';
    for (const event of events) {
      for (const chunk of chunksOf(event)) {
        if (index >= from) text += `id: ${formatCursor(run.id, index)}\ndata: ${JSON.stringify(chunk)}\n\n`;
        index += 1;
      }
      if (event.type === 'run-finished') text += 'data: [DONE]\n\n';
    }
    return text;
  };
}
