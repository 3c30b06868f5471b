/** Conversations, messages as a tree, runs, and the log of each run's events. */
export const conversationsAndRuns = `
CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  title TEXT NOT NULL,
  pinned INTEGER NOT NULL DEFAULT 0,
  archived INTEGER NOT NULL DEFAULT 0,
  active_leaf_id TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  deleted_at TEXT
) STRICT;
CREATE INDEX conversations_newest ON conversations (owner, pinned DESC, updated_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE TABLE messages (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  parent_id TEXT,
  role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
  parts TEXT NOT NULL,
  status TEXT NOT NULL,
  run_id TEXT,
  provider_id TEXT,
  model_id TEXT,
  finish_reason TEXT,
  usage TEXT,
  error TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX messages_of_conversation ON messages (conversation_id, position);

CREATE TABLE runs (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  model_id TEXT NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 1,
  next_index INTEGER NOT NULL,
  finish_reason TEXT,
  usage TEXT,
  error TEXT,
  idempotency_key TEXT,
  fingerprint TEXT,
  -- Where its rows in run_events are: a JSON array of positions. Only the first until the run has ended.
  batches TEXT NOT NULL DEFAULT '[]',
  created_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;
CREATE UNIQUE INDEX runs_by_key ON runs (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX runs_unfinished ON runs (conversation_id) WHERE finished_at IS NULL;
CREATE INDEX runs_of_conversation ON runs (conversation_id);

-- One row per batch, in the order of writing, whatever run it is of: clustered by run, a commit of a hundred live
-- runs would write a hundred pages for a hundred tokens. kind 't': one text delta, 'r': one reasoning delta (body is its text, the common case
-- and a third of the bytes of JSON); 'j': a JSON array of events.
CREATE TABLE run_events (
  position INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  first_index INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
`;
