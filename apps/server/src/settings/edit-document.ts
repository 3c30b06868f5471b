// Changes a YAML text to say what a new document says, and nothing else in it.
import { isDeepStrictEqual } from 'node:util';
import { AppError, providerConfigSchema, type Settings } from '@lightchat/protocol';
import { type Document, isMap, isScalar, isSeq, type Node, Scalar, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import { MAX_BYTES } from './bounds.ts';
import { SettingsFault } from './fault.ts';
import { parseSettings } from './parse-settings.ts';
import { readYaml } from './yaml-text.ts';

type Tree = Record<string, unknown>;
/** Whether a key that the new document does not have is taken out of the file. */
type Removable = (key: string) => boolean;

interface Edit {
  document: Document;
  /** Values to be replaced right in the text, as offsets into it. */
  splices: { start: number; end: number; text: string }[];
  /** Whether something was added, removed or moved, which splices cannot say. */
  structural: boolean;
}

/**
 * The text with `after` instead of `before` (what `text` says, with defaults). Comments, order and
 * writing of everything unchanged survive; when something is added, removed or moved, spaces and
 * blank lines of the file may be normalised. A default that the file does not spell out stays unsaid.
 * Unknown keys that `after` does not have are kept. Throws AppError when the text cannot be changed safely.
 */
export function editDocument(text: string, before: Settings, after: Settings): string {
  const edit: Edit = { document: readYaml(text).document, splices: [], structural: false };
  editMap(edit, edit.document.contents as YAMLMap, before, after, () => false);
  const candidates = [() => rewrite(edit.document, text)];
  if (!edit.structural) candidates.unshift(() => splice(text, edit.splices));
  for (const candidate of candidates) {
    const edited = attempt(candidate);
    if (edited === undefined) continue;
    if (Buffer.byteLength(edited) > MAX_BYTES) throw tooLarge();
    // Reading it again proves it: an edit beside an anchor may have changed what its aliases say.
    const read = attempt(() => parseSettings(edited));
    if (says(read?.document, after)) return edited;
  }
  throw new AppError('CONFLICT', 'settings.yaml cannot be changed from here without changing more; edit it by hand.');
}

function tooLarge(): AppError {
  const message = `larger than ${MAX_BYTES} bytes`;
  return new AppError('INVALID_REQUEST', `settings.yaml would become ${message}, nothing was changed.`, {
    details: { issues: [{ path: '', message }] },
  });
}

function splice(text: string, splices: Edit['splices']): string {
  const fromTheEnd = splices.toSorted((a, b) => b.start - a.start);
  return fromTheEnd.reduce(
    (edited, { start, end, text: value }) => edited.slice(0, start) + value + edited.slice(end),
    text,
  );
}

function rewrite(document: Document, text: string): string {
  const indentSeq = !/^providers:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*- /m.test(text);
  const edited = document.toString({ lineWidth: 0, indentSeq });
  return text.includes('\r\n') ? edited.replaceAll(/\r?\n/g, '\r\n') : edited;
}

/** undefined when the edit left an alias without its anchor, or a text that is no settings.yaml. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const expected = error instanceof SettingsFault || (error instanceof Error && /alias|anchor/i.test(error.message));
    if (expected) return undefined;
    throw error;
  }
}

function editMap(edit: Edit, map: YAMLMap, before: Tree, after: Tree, removable: Removable): void {
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (isDeepStrictEqual(old, value)) continue;
    const node = map.get(key, true) as unknown;
    if (map === edit.document.contents && key === 'providers' && isSeq(node)) {
      editProviders(edit, node, old as Settings['providers'], value as Settings['providers']);
    } else if (isMap(node) && isTree(old) && isTree(value)) {
      const known = map === edit.document.contents && KNOWN_SECTIONS.has(key);
      editMap(edit, node, old, value, known ? () => false : () => true);
    } else if (node === undefined && isTree(old) && isTree(value)) {
      const changes = Object.entries(value).filter(([name, item]) => !isDeepStrictEqual(old[name], item));
      setValue(edit, map, key, Object.fromEntries(changes));
    } else {
      setValue(edit, map, key, value);
    }
  }
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key) || !removable(key)) continue;
    edit.structural = true;
    map.delete(key);
  }
}

const KNOWN_SECTIONS: ReadonlySet<string> = new Set(['logging', 'retry', 'limits']);

function editProviders(edit: Edit, list: YAMLSeq, before: Settings['providers'], after: Settings['providers']): void {
  const known: Removable = (key) => Object.hasOwn(providerConfigSchema.shape, key);
  const sameOrder = isDeepStrictEqual(ids(before), ids(after));
  if (!sameOrder) edit.structural = true;
  list.items = after.map((provider) => {
    const index = before.findIndex((old) => old.id === provider.id);
    const old = before[index];
    const node = list.items[index];
    if (old === undefined || !(isMap(node) || isDeepStrictEqual(old, provider))) {
      edit.structural = true;
      return edit.document.createNode(provider);
    }
    if (isMap(node)) editMap(edit, node, old, provider, known);
    return node;
  });
  if (list.items.some((item) => isMap(item) && !item.flow)) list.flow = false;
}

function ids(providers: Settings['providers']): string[] {
  return providers.map(({ id }) => id);
}

function setValue(edit: Edit, map: YAMLMap, key: string, value: unknown): void {
  const old = map.get(key, true) as Node | undefined;
  const node = edit.document.createNode(value) as Node;
  if (old === undefined) {
    edit.structural = true;
    map.add(edit.document.createPair(key, node));
    return;
  }
  node.comment = old.comment;
  node.commentBefore = old.commentBefore;
  node.spaceBefore = old.spaceBefore;
  const quoted = isScalar(old) && (old.type === Scalar.QUOTE_DOUBLE || old.type === Scalar.QUOTE_SINGLE);
  if (quoted && isScalar(node) && typeof node.value === 'string') node.type = old.type;
  map.set(key, node);

  const bare = isScalar(node) ? new Scalar(node.value) : undefined;
  if (bare !== undefined && isScalar(node)) bare.type = node.type;
  const text = bare === undefined ? '' : stringify(bare, { lineWidth: 0 }).trimEnd();
  if (isScalar(old) && old.range && text !== '' && !text.includes('\n')) {
    edit.splices.push({ start: old.range[0], end: old.range[1], text });
  } else {
    edit.structural = true;
  }
}

/** Whether `actual` has everything that `wanted` has, with the same values. */
function says(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((item, index) => says(actual[index], item))
    );
  }
  if (!isTree(wanted)) return Object.is(actual, wanted);
  return isTree(actual) && Object.entries(wanted).every(([key, item]) => says(actual[key], item));
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
