// Changes a YAML text to say what a new document says, and nothing else in it.
import { isDeepStrictEqual } from 'node:util';
import { AppError, providerConfigSchema, type Settings } from '@lightchat/protocol';
import { type Document, isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { MAX_BYTES } from './bounds.ts';
import { SettingsFault } from './fault.ts';
import { parseSettings } from './parse-settings.ts';
import { readYaml } from './yaml-text.ts';

type Tree = Record<string, unknown>;
/** Whether a key that the new document does not have is taken out of the file. */
type Removable = (key: string) => boolean;

/**
 * The text with `after` instead of `before` (what `text` says, with defaults). Comments, order and
 * writing of everything unchanged survive; a default that the file does not spell out stays unsaid.
 * Unknown keys that `after` does not have are kept. Throws AppError when the text cannot be changed safely.
 */
export function editDocument(text: string, before: Settings, after: Settings): string {
  const { document } = readYaml(text);
  const top = document.contents as YAMLMap;
  editMap(document, top, before, after, () => false);
  try {
    const indentSeq = !/^providers:[^\n]*\n(?:#[^\n]*\n|\s*\n)*- /m.test(text);
    const edited = document.toString({ lineWidth: 0, indentSeq });
    const written = text.includes('\r\n') ? edited.replaceAll(/\r?\n/g, '\r\n') : edited;
    // Reading it again proves it: an edit beside an anchor may have changed what its aliases say.
    if (Buffer.byteLength(written) <= MAX_BYTES && says(parseSettings(written).document, after)) return written;
  } catch (error) {
    if (!(error instanceof SettingsFault) && !(error instanceof Error && /alias|anchor/i.test(error.message)))
      throw error;
  }
  throw new AppError('CONFLICT', 'settings.yaml cannot be changed from here without changing more; edit it by hand.');
}

function editMap(document: Document, map: YAMLMap, before: Tree, after: Tree, removable: Removable): void {
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (isDeepStrictEqual(old, value)) continue;
    const node = map.get(key, true) as unknown;
    if (map === document.contents && key === 'providers' && isSeq(node)) {
      editProviders(document, node, old as Settings['providers'], value as Settings['providers']);
    } else if (isMap(node) && isTree(old) && isTree(value)) {
      const known = map === document.contents && KNOWN_SECTIONS.has(key);
      editMap(document, node, old, value, known ? () => false : () => true);
    } else if (node === undefined && isTree(old) && isTree(value)) {
      const changes = Object.entries(value).filter(([name, item]) => !isDeepStrictEqual(old[name], item));
      setValue(document, map, key, Object.fromEntries(changes));
    } else {
      setValue(document, map, key, value);
    }
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key) && removable(key)) map.delete(key);
}

const KNOWN_SECTIONS: ReadonlySet<string> = new Set(['logging', 'retry', 'limits']);

function editProviders(
  document: Document,
  list: YAMLSeq,
  before: Settings['providers'],
  after: Settings['providers'],
): void {
  const known: Removable = (key) => Object.hasOwn(providerConfigSchema.shape, key);
  list.items = after.map((provider) => {
    const index = before.findIndex((old) => old.id === provider.id);
    const old = before[index];
    const node = list.items[index];
    if (old === undefined || !(isMap(node) || isDeepStrictEqual(old, provider))) return document.createNode(provider);
    if (isMap(node)) editMap(document, node, old, provider, known);
    return node;
  });
  if (list.items.some((item) => isMap(item) && !item.flow)) list.flow = false;
}

function setValue(document: Document, map: YAMLMap, key: string, value: unknown): void {
  const old = map.get(key, true) as Node | undefined;
  const node = document.createNode(value) as Node;
  if (old === undefined) {
    map.add(document.createPair(key, node));
    return;
  }
  node.comment = old.comment;
  node.commentBefore = old.commentBefore;
  node.spaceBefore = old.spaceBefore;
  const quoted = isScalar(old) && (old.type === Scalar.QUOTE_DOUBLE || old.type === Scalar.QUOTE_SINGLE);
  if (quoted && isScalar(node) && typeof node.value === 'string') node.type = old.type;
  map.set(key, node);
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
