// Text → YAML document, with every bound checked and every error a sentence with a line.
import { type Document, type ErrorCode, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { FORBIDDEN_KEYS, MAX_DEPTH, MAX_VALUES } from './bounds.ts';
import { SettingsFault } from './fault.ts';

export interface YamlText {
  document: Document;
  /** The document as plain values, aliases resolved. Shares nothing with `document`. */
  value: Record<string, unknown>;
  /** Line of the deepest part of `path` that the text has; null when it has none of it. */
  lineOf(path: readonly (string | number)[]): number | null;
}

/** Throws SettingsFault. The sentences never quote the text, which may hold secrets. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  // prettyErrors would quote the source; uniqueKeys is quadratic, checkNode does it with a set.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, version: '1.2', merge: false } as const;
  const line = (offset: number | undefined) => (offset === undefined ? null : lines.linePos(offset).line || null);
  const document = withoutOverflow(() => parseDocument(text, options));
  const error = document.errors[0];
  if (error !== undefined) throw new SettingsFault(line(error.pos[0]), sentenceFor(error.code));
  if (document.directives?.yaml.version !== '1.2') throw new SettingsFault(1, 'only YAML 1.2 is read here');
  if (document.contents === null) throw new SettingsFault(1, 'settings.yaml is empty');
  if (!isMap(document.contents)) throw new SettingsFault(1, 'settings.yaml must be a list of "key: value" lines');

  let values = 0;
  const check = (node: unknown, depth: number, near: number | undefined): void => {
    const at = (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined) ?? near;
    if (depth > MAX_DEPTH) throw new SettingsFault(line(at), `nested deeper than ${MAX_DEPTH} levels`);
    if (++values > MAX_VALUES) throw new SettingsFault(line(at), `holds more than ${MAX_VALUES} values`);
    if (isSeq(node)) for (const item of node.items) check(item, depth + 1, at);
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const pair of node.items) {
      const keyAt = isScalar(pair.key) ? (pair.key.range?.[0] ?? at) : at;
      if (!isScalar(pair.key)) throw new SettingsFault(line(keyAt), 'a key must be a plain word');
      const key = String(pair.key.value);
      if (FORBIDDEN_KEYS.has(key)) throw new SettingsFault(line(keyAt), `the key ${key} is not allowed`);
      if (seen.has(key)) throw new SettingsFault(line(keyAt), `${nameable(key)} is there twice`);
      seen.add(key);
      check(pair.value, depth + 1, keyAt);
    }
  };
  withoutOverflow(() => check(document.contents, 0, 0));

  let value: Record<string, unknown>;
  try {
    value = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 20 })));
  } catch {
    throw new SettingsFault(null, 'an alias (*name) without its anchor (&name), in a circle, or too many of them');
  }
  const lineOf = (path: readonly (string | number)[]) => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)) return line(node.range?.[0]);
    }
    return null;
  };
  return { document, value, lineOf };
}

/** A key as it may be shown: only when it looks like a word somebody chose as a key. */
export function nameable(key: string): string {
  return /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/.test(key) ? `"${key}"` : 'a key';
}

function withoutOverflow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new SettingsFault(null, `nested deeper than ${MAX_DEPTH} levels`);
    throw error;
  }
}

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias (*name) has no anchor (&name) before it',
  BAD_DQ_ESCAPE: 'a backslash in "double quotes" must be written twice',
  BAD_INDENT: 'the indentation does not fit the lines around it, or a bracket is not closed',
  BAD_SCALAR_START: 'a value that begins with this character must be in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second "key:" on the line, or wrong indentation',
  MISSING_CHAR: 'a quote, a bracket or a colon with a space after it is missing',
  MULTILINE_IMPLICIT_KEY: 'a colon with a space after it is missing',
  MULTIPLE_DOCS: 'only one document is read; remove the "---" line',
  TAB_AS_INDENT: 'indent with spaces, not with a tab',
};

function sentenceFor(code: ErrorCode): string {
  return SENTENCES[code] ?? 'this is not YAML that can be read; look for indentation, quotes and colons';
}
