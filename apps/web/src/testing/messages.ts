import type { Message } from '@lightchat/protocol';

let count = 0;

/** A stored message; every field can be given. */
export function message(fields: Partial<Message> & { text?: string } = {}): Message {
  count += 1;
  const { text, ...rest } = fields;
  return {
    id: `msg_${count}`,
    conversation_id: 'conv_1',
    parent_id: null,
    role: 'assistant',
    parts: text === undefined ? [] : [{ type: 'text', text }],
    status: 'completed',
    run_id: null,
    provider_id: 'demo',
    model_id: 'demo-model',
    finish_reason: null,
    usage: null,
    error: null,
    created_at: new Date().toISOString(),
    ...rest,
  };
}
