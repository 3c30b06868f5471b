const KEPT_MS = 30 * 86_400_000;

/** What was deleted before this moment cannot be restored, whether it has been removed yet or not. Both ISO 8601 UTC. */
export function keptSince(now: string): string {
  return new Date(Date.parse(now) - KEPT_MS).toISOString();
}
