/** A client of the UI message stream over the real app with a scripted provider, for this surface's tests. */
import { type MessageTree, messageTreeSchema, sessionsPageSchema } from '@lightchat/protocol';
import type { Script } from '../../../../engine/testing/scripted-provider.ts';
import { parseSse, type Served, serve } from '../../../testing/serve.ts';
import { type UiChunk, uiChunkSchema } from '../chunk.ts';

export interface Answer {
  response: Response;
  chunks: UiChunk[];
  /** Of the events, in order. */
  ids: string[];
}

export interface Opened {
  chunks: UiChunk[];
  cut(): void;
}

export interface Chatting {
  served: Served;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Sends a message of the chat `their-chat` and reads the answer to its end. */
  chat(body: object): Promise<Answer>;
  /** The same, read up to so many chunks. */
  begun(body: object, count?: number): Promise<Opened>;
  /** Opens any stream and reads it up to so many chunks. */
  opened(path: string, count: number, init?: RequestInit): Promise<Opened>;
  sessions(): Promise<{ id: string; title: string }[]>;
  /** The messages of the only session. */
  tree(): Promise<MessageTree>;
  /** What the provider was asked last, as `role: text`. */
  lastPrompt(): string[] | undefined;
}

export async function chatting(...scripts: Script[]): Promise<Chatting> {
  const served = await serve(scripts);
  const get = async (path: string) => (await fetch(served.url + path)).json();
  const post: Chatting['post'] = (path, body, headers = {}) => fetch(served.url + path, posting(body, headers));
  const sessions = async () => sessionsPageSchema.parse(await get('/api/chat/sessions')).items;
  const opened: Chatting['opened'] = (path, count, init = {}) => readUpTo(served.url + path, count, init);
  return {
    served,
    post,
    chat: async (body) => readAnswer(await post('/api/chat', { id: 'their-chat', trigger: 'submit-message', ...body })),
    begun: (body, count = 4) =>
      opened('/api/chat', count, posting({ id: 'their-chat', trigger: 'submit-message', ...body })),
    opened,
    sessions,
    async tree() {
      const [only, ...others] = await sessions();
      if (!only || others.length > 0) throw new Error(`there are ${others.length + (only ? 1 : 0)} sessions`);
      return messageTreeSchema.parse(await get(`/api/chat/sessions/${only.id}/messages`));
    },
    lastPrompt: () => served.provider.requests.at(-1)?.messages.map(({ role, text: said }) => `${role}: ${said}`),
  };
}

/** Reads a stream to its end. */
export async function readAnswer(response: Response): Promise<Answer> {
  const events = parseSse(await response.text());
  if (events.at(-1)?.data !== '[DONE]') throw new Error(`no [DONE]: ${response.status} ${JSON.stringify(events)}`);
  const data = events.slice(0, -1);
  return { response, chunks: data.map(toChunk), ids: data.map(({ id }) => id ?? '') };
}

async function readUpTo(url: string, count: number, init: RequestInit): Promise<Opened> {
  const gone = new AbortController();
  const response = await fetch(url, { ...init, signal: gone.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  for (;;) {
    const events = parseSse(seen.slice(0, seen.lastIndexOf('\n\n') + 2));
    if (events.length >= count) return { chunks: events.map(toChunk), cut: () => gone.abort() };
    const piece = await reader?.read();
    if (!piece || piece.done) throw new Error(`ended after ${seen}`);
    seen += piece.value;
  }
}

function toChunk({ data }: { data: string }): UiChunk {
  return uiChunkSchema.parse(JSON.parse(data));
}

function posting(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

interface Part {
  type: string;
  [key: string]: unknown;
}
export const text = (words: string): Part => ({ type: 'text', text: words });
export const user = (id: string, ...parts: Part[]) => ({ id, role: 'user', parts });
export const assistant = (id: string, words = 'Whatever') => ({ id, role: 'assistant', parts: [text(words)] });

/** The id of the assistant message. */
export function answerOf([start]: readonly UiChunk[]): string {
  if (start?.type !== 'start') throw new Error('start comes first');
  return start.messageId;
}

export function runOf([start]: readonly UiChunk[]): string {
  return start?.type === 'start' ? String(start.messageMetadata.run_id) : '';
}
