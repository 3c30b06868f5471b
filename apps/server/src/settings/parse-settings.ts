import { type Settings, settingsSchema } from '@lightchat/protocol';
import { outOfBounds } from './bounds.ts';
import { describeIssue, type Issue, SettingsFault } from './fault.ts';
import { findIssues, lostModels, unknownKeys } from './rules.ts';
import { readYaml } from './yaml-text.ts';

export interface ParsedSettings {
  text: string;
  /** As written, with defaults; references to the environment are not expanded. Holds secrets. */
  document: Settings;
  warnings: string[];
}

/** Reads the text of a settings.yaml. Throws SettingsFault with the line and a sentence for people. */
export function parseSettings(text: string): ParsedSettings {
  const yaml = readYaml(text);
  const checked = checkDocument(yaml.value);
  if (checked.document === undefined) {
    const [first, ...others] = checked.issues;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new SettingsFault(yaml.lineOf(first.path), describeIssue(first) + more);
  }
  const { document } = checked;
  return { text, document, warnings: [...unknownKeys(document), ...lostModels(document)] };
}

type Checked = { document: Settings; issues: [] } | { document: undefined; issues: [Issue, ...Issue[]] };

/** `value` (plain data from YAML or JSON) as a settings document, or every fault it has. */
export function checkDocument(value: unknown): Checked {
  const bound = outOfBounds(value);
  if (bound !== undefined) return { document: undefined, issues: [bound] };
  const read = settingsSchema.safeParse(value);
  const issues = read.success ? findIssues(read.data) : read.error.issues.map(fromZod);
  const [first, ...others] = issues;
  if (first !== undefined) return { document: undefined, issues: [first, ...others] };
  if (!read.success) throw new Error('a failed schema check without an issue', { cause: read.error });
  return { document: read.data, issues: [] };
}

function fromZod(issue: { path: PropertyKey[]; message: string }): Issue {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  return { path, message: issue.message.replace(/^Invalid input: /, '') };
}
