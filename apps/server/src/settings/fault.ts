/** One thing wrong with a settings document. */
export interface Issue {
  /** Where, as keys and list positions from the top. */
  path: readonly (string | number)[];
  /** Why, for people. Never quotes a value, which may be a secret. */
  message: string;
}

/** Why a settings.yaml cannot be used. */
export class SettingsFault extends Error {
  override readonly name = 'SettingsFault';
  /** From 1; null when the fault is not on a line. */
  readonly line: number | null;

  constructor(line: number | null, message: string) {
    super(message);
    this.line = line;
  }
}

export function describeIssue(issue: Issue): string {
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
