import { conversationsAndRuns } from './001-conversations-and-runs.ts';
import { usage } from './002-usage.ts';
import { searchAndTrash } from './003-search-and-trash.ts';
import { clientIds } from './004-client-ids.ts';

/** In order; the database's `user_version` is how many of them it has. Never change one that was released. */
export const MIGRATIONS: readonly { name: string; sql: string }[] = [
  { name: 'conversations-and-runs', sql: conversationsAndRuns },
  { name: 'usage', sql: usage },
  { name: 'search-and-trash', sql: searchAndTrash },
  { name: 'client-ids', sql: clientIds },
];
