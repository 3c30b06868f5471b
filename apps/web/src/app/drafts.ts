/**
 * Text that was typed and not sent, one per conversation. It stays until the server has stored the message, so a reload
 * while the server is away loses nothing.
 */
import { readStored, writeStored } from './stored.ts';

const PREFIX = 'lightchat.draft.';
/** Typing in a long prompt should not write it to disk with every key. */
const SAVE_MS = 300;

const drafts = new Map<string, string>();
const unsaved = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

const keyOf = (conversationId: string | null) => PREFIX + (conversationId ?? 'new');

export function readDraft(conversationId: string | null): string {
  const key = keyOf(conversationId);
  return drafts.get(key) ?? readStored(key) ?? '';
}

export function writeDraft(conversationId: string | null, text: string): void {
  const key = keyOf(conversationId);
  drafts.set(key, text);
  unsaved.add(key);
  clearTimeout(timer);
  timer = setTimeout(saveDrafts, SAVE_MS);
}

/** Writes what is still in memory only; for when the page is about to go. */
export function saveDrafts(): void {
  for (const key of unsaved) writeStored(key, drafts.get(key) || null);
  unsaved.clear();
}
