import type { Message } from '@lightchat/protocol';
import { ending, newRun, type StoreUnderTest } from './run-log.contract.ts';

export interface StoredChat {
  id: string;
  /** Question and answer. */
  asked: string;
  answered: string;
  run_id: string;
}

/** One question and its finished answer; below `parent` of an existing conversation, or in a new one. */
export async function storeChat(
  { runs }: Pick<StoreUnderTest, 'runs'>,
  said: {
    question?: string;
    answer?: string;
    title?: string;
    owner?: string;
    below?: { id: string; parent: string | null };
  },
): Promise<StoredChat> {
  const { question = 'Why?', answer = 'Because.', title = 'A title', owner = 'local', below } = said;
  const input = newRun({ create_conversation: { title } });
  const run = {
    ...input,
    user_message: { ...input.user_message, text: question },
    ...(below ? { conversation_id: below.id, parent_id: below.parent, create_conversation: undefined } : {}),
  };
  await runs.create(owner, run);
  await runs.finish(owner, run.run_id, ending(run, 1, answer));
  const { conversation_id: id, run_id } = run;
  return { id, asked: run.user_message.id, answered: run.assistant_message_id, run_id };
}

/** A message as an import brings it. */
export function importedMessage(
  id: string,
  parent_id: string | null,
  text: string,
  more: Partial<Message> = {},
): Message {
  return {
    id,
    conversation_id: 'unused',
    parent_id,
    role: 'user',
    parts: [{ type: 'text', text }],
    status: 'completed',
    run_id: null,
    provider_id: null,
    model_id: null,
    finish_reason: null,
    usage: null,
    error: null,
    created_at: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}
