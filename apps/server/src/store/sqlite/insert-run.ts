/** The transaction that begins a run: conversation, both messages, the run and its first event. */
import type { DatabaseSync } from 'node:sqlite';
import { AppError, type ChatEvent } from '@lightchat/protocol';
import type { NewRun, Owner } from '../../engine/ports.ts';
import { userParts } from '../../engine/run/build-prompt.ts';
import { clientNameQueries } from './client-names.ts';
import type { EventLog } from './event-log.ts';
import type { RunRow } from './rows.ts';
import { sameRequest } from './same-request.ts';
import { inTransaction } from './transaction.ts';

export function insertRun(
  database: DatabaseSync,
  events: EventLog,
): (owner: Owner, input: NewRun) => { row: RunRow; created: boolean } {
  const byKey = database.prepare('SELECT * FROM runs WHERE owner = ? AND idempotency_key = ?');
  const byPosition = database.prepare('SELECT * FROM runs WHERE position = ?');
  const named = clientNameQueries(database);
  const newConversation = database.prepare(
    `INSERT INTO conversations (id, owner, title, client_id, active_leaf_id, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const conversation = database.prepare(
    'SELECT active_leaf_id FROM conversations WHERE owner = ? AND id = ? AND deleted_at IS NULL',
  );
  const message = database.prepare(
    'SELECT role, status, run_id FROM messages WHERE conversation_id = ? AND id = ? AND hidden_at IS NULL',
  );
  const newAnswer = database.prepare(`
    INSERT INTO messages (id, conversation_id, parent_id, role, parts, status, run_id, provider_id, model_id, created_at)
    VALUES (?, ?, ?, 'assistant', '[]', 'running', ?, ?, ?, ?)`);
  const newSaid = database.prepare(`
    INSERT INTO messages (id, conversation_id, parent_id, role, parts, status, client_id, created_at)
    VALUES (?, ?, ?, ?, ?, 'completed', ?, ?)`);
  const setLeaf = database.prepare('UPDATE conversations SET active_leaf_id = ?, updated_at = ? WHERE id = ?');
  const newRun = database.prepare(`
    INSERT INTO runs (id, owner, conversation_id, message_id, provider_id, model_id, status, next_index,
      idempotency_key, fingerprint, created_at)
    VALUES (?, ?, ?, ?, ?, ?, 'running', 1, ?, ?, ?)`);

  /** Where the new message hangs. */
  function parentOf(owner: Owner, input: NewRun): string | null {
    const parent = hangingPlace(owner, input);
    if (input.user_message) return parent;
    const row =
      parent === null ? undefined : (message.get(input.conversation_id, parent) as { role: string } | undefined);
    if (row?.role === 'user') return parent;
    throw new AppError('INVALID_REQUEST', 'Only a message of yours can be answered anew.', {
      details: { issues: [{ path: 'parent_id', message: 'this is not a user message' }] },
    });
  }

  function hangingPlace(owner: Owner, input: NewRun): string | null {
    const found = conversation.get(owner, input.conversation_id) as { active_leaf_id: string | null } | undefined;
    if (!found) throw new AppError('NOT_FOUND', 'There is no such conversation.');
    const parent = input.parent_id === undefined ? found.active_leaf_id : input.parent_id;
    if (parent === null) return null;
    const row = message.get(input.conversation_id, parent) as { status: string; run_id: string | null } | undefined;
    if (!row) throw new AppError('NOT_FOUND', 'There is no such message in this conversation.');
    if (row.status === 'running' && input.parent_id === undefined) {
      throw new AppError(
        'CONFLICT',
        'An answer is still being written in this conversation. Wait for it, stop it, or name the message to answer after (parent_id).',
        { details: { run_id: row.run_id } },
      );
    }
    return parent;
  }

  /** The conversation of the run: the one named, a new one, or the one that the client has made meanwhile. */
  function conversationOf(owner: Owner, input: NewRun): string {
    const { conversation_id, create_conversation, assistant_message_id, created_at: now } = input;
    if (!create_conversation) return conversation_id;
    const { title, client_id = null } = create_conversation;
    const existing = client_id === null ? undefined : named.conversation(owner, client_id);
    if (existing?.deleted_at)
      throw new AppError('NOT_FOUND', 'This conversation was deleted. Restore it, or start another.');
    if (existing) return existing.id;
    newConversation.run(conversation_id, owner, title, client_id, assistant_message_id, now, now);
    return conversation_id;
  }

  /** The run that answers what the client sends once more. */
  function earlierAnswer(conversation_id: string, { user_message }: NewRun): RunRow | undefined {
    if (user_message?.client_id === undefined) return undefined;
    const [newest] = named.messages(conversation_id, user_message.client_id);
    const isSame =
      newest?.role === 'user' &&
      newest.parts === JSON.stringify(userParts(user_message.text, user_message.attachments));
    return isSame ? named.answer(conversation_id, newest.id) : undefined;
  }

  /** What was said elsewhere, hung one below the other. Answers where the new message hangs then. */
  function putEarlier(input: NewRun, parent: string | null): string | null {
    let last = parent;
    for (const { id, role, text, client_id } of input.earlier ?? []) {
      const existing = client_id === undefined ? undefined : named.messages(input.conversation_id, client_id)[0];
      const parts = JSON.stringify([{ type: 'text', text }]);
      if (!existing) newSaid.run(id, input.conversation_id, last, role, parts, client_id ?? null, input.created_at);
      last = existing?.id ?? id;
    }
    return last;
  }

  return (owner, asked) => {
    let started: { position: number; events: ChatEvent[]; row: number } | undefined;
    const result = inTransaction(database, () => {
      const key = asked.idempotency?.key ?? null;
      const fingerprint = asked.idempotency?.fingerprint ?? null;
      const earlier = key === null ? undefined : (byKey.get(owner, key) as RunRow | undefined);
      if (earlier) return { row: sameRequest(earlier, fingerprint), created: false };

      const input = { ...asked, conversation_id: conversationOf(owner, asked) };
      const { conversation_id, created_at: now, user_message, provider_id, model_id, run_id } = input;
      const answering = earlierAnswer(conversation_id, input);
      if (answering) return { row: answering, created: false };
      const isNew = input.create_conversation !== undefined && conversation_id === asked.conversation_id;
      const isFirst = isNew && user_message !== undefined && !input.parent_id;
      const parent = putEarlier(input, isFirst ? null : parentOf(owner, input));
      if (user_message) {
        const parts = JSON.stringify(userParts(user_message.text, user_message.attachments));
        newSaid.run(user_message.id, conversation_id, parent, 'user', parts, user_message.client_id ?? null, now);
      }
      const answered = user_message?.id ?? parent;
      const answer = input.assistant_message_id;
      newAnswer.run(answer, conversation_id, answered, run_id, provider_id, model_id, now);
      if (!isNew) setLeaf.run(answer, now, conversation_id);
      const { lastInsertRowid } = newRun.run(
        run_id,
        owner,
        conversation_id,
        answer,
        provider_id,
        model_id,
        key,
        fingerprint,
        now,
      );
      const position = Number(lastInsertRowid);
      const first: ChatEvent[] = [
        {
          type: 'run-started',
          index: 0,
          run_id,
          conversation_id,
          message_id: answer,
          user_message_id: user_message ? user_message.id : null,
          provider_id,
          model_id,
          created_at: now,
        },
      ];
      started = { position, events: first, row: events.append(position, first) };
      return { row: byPosition.get(position) as unknown as RunRow, created: true };
    });
    if (started) events.confirm(started.position, started.events, started.row);
    return result;
  };
}
