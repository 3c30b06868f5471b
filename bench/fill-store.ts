/** A well used database, written through the store's own code: conversations with one finished answer each. */
import { applyEvents, type ChatEvent, type Message } from '@lightchat/protocol';
import { openSqliteStore } from '../apps/server/src/store/sqlite/index.ts';

const OWNER = 'local';
const ANSWER = 'A paragraph of an answer, as long as the usual one is in a chat that is about something. '.repeat(15);

/** Adds `count` conversations of two messages (about 1.4 KB) to the database in `folder`. */
export async function fillStore(folder: string, count: number): Promise<void> {
  const store = openSqliteStore(folder);
  try {
    for (let from = 0; from < count; from += 500) {
      const batch = Math.min(500, count - from);
      await Promise.all(Array.from({ length: batch }, (_, n) => addConversation(store, from + n)));
    }
  } finally {
    await store.close();
  }
}

async function addConversation({ runs }: ReturnType<typeof openSqliteStore>, number: number): Promise<void> {
  const id = String(number).padStart(8, '0');
  const created_at = new Date(1_760_000_000_000 + number * 60_000).toISOString();
  const run_id = `run_${id}`;
  const conversation_id = `conv_${id}`;
  const about = { provider_id: 'bench', model_id: 'bench-t5-d0-n1-f0' };
  const user_message = { id: `msg_${id}u`, text: `Question ${number}: what is worth knowing about it?` };
  const { run } = await runs.create(OWNER, {
    run_id,
    conversation_id,
    create_conversation: { title: `Conversation ${number}` },
    parent_id: null,
    user_message,
    assistant_message_id: `msg_${id}a`,
    ...about,
    created_at,
  });
  const usage = { prompt_tokens: 12, completion_tokens: 300, total_tokens: 312 };
  const events: ChatEvent[] = [
    { type: 'text-delta', index: 1, text: ANSWER },
    { type: 'usage', index: 2, usage },
    {
      type: 'run-finished',
      index: 3,
      status: 'completed',
      finish_reason: 'stop',
      usage,
      duration_ms: 4200,
      finished_at: created_at,
    },
  ];
  const empty: Message = {
    id: run.message_id,
    conversation_id,
    parent_id: user_message.id,
    role: 'assistant',
    parts: [],
    status: 'running',
    run_id,
    ...about,
    finish_reason: null,
    usage: null,
    error: null,
    created_at,
  };
  await runs.finish(OWNER, run_id, { events, message: applyEvents(empty, events), attempts: 1, first_output_ms: null });
}
