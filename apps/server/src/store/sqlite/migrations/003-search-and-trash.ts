/**
 * Search over titles and messages, deleted messages, and the lists that these need. What is to be found is noted in
 * the transaction that writes it, and indexed soon after, many at once (search/indexer.ts). The indexes hold no text
 * and no positions: what they find is read, checked and marked in the message itself.
 */
export const searchAndTrash = `
ALTER TABLE messages ADD COLUMN hidden_at TEXT;
-- The message with which it was deleted: restoring brings back what was deleted together.
ALTER TABLE messages ADD COLUMN hidden_by TEXT;
CREATE INDEX messages_hidden ON messages (hidden_at) WHERE hidden_at IS NOT NULL;
CREATE INDEX messages_by_parent ON messages (conversation_id, parent_id);

DROP INDEX conversations_newest;
CREATE INDEX conversations_newest
  ON conversations (owner, archived, pinned DESC, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX conversations_deleted ON conversations (owner, deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;

-- A title's place in its index. A rowid of conversations would not do: VACUUM may change those.
CREATE TABLE titles (
  position INTEGER PRIMARY KEY,
  conversation_id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE unindexed_titles (position INTEGER PRIMARY KEY) STRICT;
CREATE TABLE unindexed_messages (position INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER titles_begin AFTER INSERT ON conversations BEGIN
  INSERT INTO titles (conversation_id) VALUES (new.id);
  INSERT INTO unindexed_titles SELECT position FROM titles WHERE conversation_id = new.id;
END;
CREATE TRIGGER titles_change AFTER UPDATE OF title ON conversations WHEN new.title <> old.title BEGIN
  INSERT OR IGNORE INTO unindexed_titles SELECT position FROM titles WHERE conversation_id = new.id;
END;
CREATE TRIGGER titles_end AFTER DELETE ON conversations BEGIN
  DELETE FROM unindexed_titles WHERE position = (SELECT position FROM titles WHERE conversation_id = old.id);
  DELETE FROM title_index WHERE rowid = (SELECT position FROM titles WHERE conversation_id = old.id);
  DELETE FROM titles WHERE conversation_id = old.id;
END;

-- What is being written is indexed when it has ended.
CREATE TRIGGER messages_begin AFTER INSERT ON messages WHEN new.status <> 'running' BEGIN
  INSERT INTO unindexed_messages VALUES (new.position);
END;
CREATE TRIGGER messages_change AFTER UPDATE OF parts ON messages WHEN new.status <> 'running' BEGIN
  INSERT OR IGNORE INTO unindexed_messages VALUES (new.position);
END;
CREATE TRIGGER messages_end AFTER DELETE ON messages BEGIN
  DELETE FROM unindexed_messages WHERE position = old.position;
  DELETE FROM message_index WHERE rowid = old.position;
END;

CREATE VIRTUAL TABLE title_index USING fts5 (
  terms, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5', tokenize = 'ascii'
);
CREATE VIRTUAL TABLE message_index USING fts5 (
  terms, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5', tokenize = 'ascii'
);
-- Merging is done in small pieces beside the writes, and not at once inside of one.
INSERT INTO title_index (title_index, rank) VALUES ('automerge', 0), ('crisismerge', 500), ('usermerge', 8);
INSERT INTO message_index (message_index, rank) VALUES ('automerge', 0), ('crisismerge', 500), ('usermerge', 8);

INSERT INTO titles (conversation_id) SELECT id FROM conversations ORDER BY created_at, id;
INSERT INTO unindexed_titles SELECT position FROM titles;
INSERT INTO unindexed_messages SELECT position FROM messages WHERE status <> 'running';
`;
