/** How much each answer used, kept apart from the runs so that it outlives deleted conversations. */
export const usage = `
ALTER TABLE runs ADD COLUMN duration_ms INTEGER;
ALTER TABLE runs ADD COLUMN first_output_ms INTEGER;

CREATE TABLE usage (
  position INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  model_id TEXT NOT NULL,
  status TEXT NOT NULL,
  -- NULL: nothing was counted, as nothing was said.
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  estimated INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER NOT NULL,
  first_output_ms INTEGER,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX usage_of_owner ON usage (owner, created_at);

INSERT INTO usage (owner, provider_id, model_id, status, prompt_tokens, completion_tokens, estimated, duration_ms, created_at)
SELECT owner, provider_id, model_id, status,
  json_extract(usage, '$.prompt_tokens'), json_extract(usage, '$.completion_tokens'),
  COALESCE(json_extract(usage, '$.estimated'), 0),
  CAST(ROUND((julianday(finished_at) - julianday(created_at)) * 86400000) AS INTEGER), finished_at
FROM runs WHERE finished_at IS NOT NULL;
`;
