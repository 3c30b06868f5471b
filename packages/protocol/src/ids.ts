/**
 * Cursors name one event of one run, and travel as the `id` of server-sent events.
 * Run ids never contain a colon, so the last colon separates.
 */
export interface Cursor {
  run_id: string;
  /** Index of an event in the run, dense from 0. */
  index: number;
}

const CURSOR = /^([A-Za-z0-9_-]{1,64}):(0|[1-9]\d{0,9})$/;

export function formatCursor(runId: string, index: number): string {
  return `${runId}:${index}`;
}

/** The cursor in `text`, or undefined when it is not one of ours. */
export function parseCursor(text: string): Cursor | undefined {
  const match = CURSOR.exec(text);
  if (!match?.[1] || !match[2]) return undefined;
  return { run_id: match[1], index: Number(match[2]) };
}
