/** How clients that make up their own ids call conversations and messages. */
export const clientIds = `
ALTER TABLE conversations ADD COLUMN client_id TEXT;
CREATE UNIQUE INDEX conversations_by_client_id ON conversations (owner, client_id) WHERE client_id IS NOT NULL;

-- Not unique: a message that was edited has the id of the one it was, and both stay in the tree.
ALTER TABLE messages ADD COLUMN client_id TEXT;
CREATE INDEX messages_by_client_id ON messages (conversation_id, client_id) WHERE client_id IS NOT NULL;
`;
