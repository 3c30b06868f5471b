import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError, type Settings } from '@lightchat/protocol';
import { acceptPut } from './accept-put.ts';
import { editDocument } from './edit-document.ts';
import { type Environment, expandSettings } from './expand.ts';
import { SettingsFault } from './fault.ts';
import { type ParsedSettings, parseSettings } from './parse-settings.ts';
import { maskSecrets, secretsIn } from './secrets.ts';
import {
  createSettingsFile,
  type FileState,
  freeNameForInvalid,
  readSettingsFile,
  removeStaleTemporaries,
  SETTINGS_FILE,
  stateOf,
  writeSettingsFile,
} from './settings-file.ts';
import { SETTINGS_TEMPLATE } from './template.ts';
import { watchFile } from './watch-file.ts';

export interface SettingsDocument {
  /** The document as JSON, defaults visible, secrets masked, `${NAME}` as written. */
  body: Settings;
  /** Strong, quoted, of the content of settings.yaml (also while that is invalid). */
  etag: string;
}

export interface SettingsStore {
  /** The full path of settings.yaml. */
  readonly file: string;
  /** What is in force: validated, with defaults, `${NAME}` expanded. A new object on every change. */
  current(): Settings;
  /** Present while the file on the disk is invalid and the last good one is in force. */
  error(): { line: number | null; message: string } | undefined;
  document(): SettingsDocument;
  /** Every literal secret that was in force since the start, for redaction. */
  secrets(): string[];
  /**
   * Validates and persists a document as `document()` gives it. Rejects with INVALID_REQUEST
   * (`details.issues`), PRECONDITION_FAILED (`details.etag`), STORAGE_FULL, CONFLICT; then nothing is written.
   * An invalid file is kept beside as `settings.invalid-<n>.yaml` before it is replaced.
   */
  put(body: unknown, ifMatch?: string): Promise<SettingsDocument>;
  /** Called with the new settings whenever the ones in force changed. Returns the function that ends it. */
  subscribe(listener: (settings: Settings) => void): () => void;
  close(): Promise<void>;
}

export interface SettingsOptions {
  /** The folder of settings.yaml; created when missing. */
  dir: string;
  env: Environment;
  /** One sentence each, without secrets. */
  onWarning: (message: string) => void;
  /** Called when `error()` begins to answer something else. */
  onFault?: () => void;
}

/** A file that changes while it is read is looked at once more after this long, before it counts as broken. */
const SECOND_LOOK_MS = 250;

/** Reads settings.yaml, or writes the first one, and follows it. Never rejects because of what the file holds. */
export async function openSettings({ dir: folder, env, onWarning, onFault }: SettingsOptions): Promise<SettingsStore> {
  const dir = resolve(folder);
  const file = join(dir, SETTINGS_FILE);
  const listeners = new Set<(settings: Settings) => void>();
  let warned: ReadonlySet<string> = new Set();
  let good: ParsedSettings = parseSettings(SETTINGS_TEMPLATE);
  let inForce: Settings = expandSettings(good.document, env).settings;
  const everySecret = new Set(secretsIn(inForce));
  let etag = '';
  let fault: SettingsFault | undefined;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time: reloads and puts never interleave. */
  function exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  function warn(messages: readonly string[]): void {
    for (const message of messages) if (!warned.has(message)) onWarning(message);
    warned = new Set(messages);
  }

  function adopt(parsed: ParsedSettings, newEtag: string, mode: number): void {
    const expanded = expandSettings(parsed.document, env);
    const changed = !isDeepStrictEqual(expanded.settings, inForce);
    good = parsed;
    etag = newEtag;
    const wasFaulty = fault !== undefined;
    fault = undefined;
    if (wasFaulty) onFault?.();
    for (const secret of secretsIn(expanded.settings)) everySecret.add(secret);
    warn([...parsed.warnings, ...expanded.warnings, ...exposure(parsed, mode)]);
    if (!changed) return;
    inForce = expanded.settings;
    for (const listener of listeners) {
      try {
        listener(inForce);
      } catch (error) {
        onWarning(`A change of settings could not be taken over everywhere: ${(error as Error).message}`);
      }
    }
  }

  function reject(newEtag: string, found: SettingsFault): void {
    const news = fault?.message !== found.message || fault.line !== found.line;
    etag = newEtag;
    fault = found;
    const where = found.line === null ? '' : ` in line ${found.line}`;
    if (!news) return;
    onWarning(`settings.yaml has a fault${where}, the last good settings stay in force: ${found.message}`);
    onFault?.();
  }

  async function reload(patient: boolean): Promise<void> {
    const state = await readSettingsFile(file);
    if (closed || state.etag === etag) return;
    const read = interpret(state);
    if ('parsed' in read) return adopt(read.parsed, state.etag, read.mode);
    if (!patient) return reject(state.etag, read.fault);
    await new Promise((done) => setTimeout(done, SECOND_LOOK_MS));
    return reload(false);
  }

  async function start(): Promise<void> {
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await removeStaleTemporaries(dir);
      await createSettingsFile(dir, SETTINGS_TEMPLATE);
    } catch (error) {
      onWarning(`settings.yaml cannot be written in ${dir} (${(error as NodeJS.ErrnoException).code}).`);
    }
    const state = await readSettingsFile(file);
    if (state.kind === 'missing') etag = state.etag;
    else await reload(false);
  }

  function document(): SettingsDocument {
    return { body: maskSecrets(good.document), etag };
  }

  async function put(body: unknown, ifMatch: string | undefined): Promise<SettingsDocument> {
    const state = await readSettingsFile(file);
    requireMatch(ifMatch, state);
    const read = interpret(state);
    const base = 'parsed' in read ? read.parsed : good;
    const wanted = acceptPut(body, base.document);
    const same = isDeepStrictEqual(wanted, base.document);
    let written = state;
    if (!('parsed' in read) || !same) {
      const text = same ? base.text : editDocument(base.text, base.document, wanted);
      const ready = async () => requireMatch(state.etag, await readSettingsFile(file));
      const keepOldAs =
        'parsed' in read || state.kind === 'missing' ? undefined : await freeNameForInvalid(dir).catch(explainWrite);
      await writeSettingsFile(dir, text, { ready, keepOldAs }).catch(explainWrite);
      if (keepOldAs !== undefined) onWarning(`The invalid settings.yaml was kept as ${keepOldAs}.`);
      // Not read back: a disk that fails now must not make an accepted change look refused. The watcher sees later ones.
      written = stateOf(text);
    }
    const outcome = interpret(written);
    if ('parsed' in outcome) adopt(outcome.parsed, written.etag, outcome.mode);
    else reject(written.etag, outcome.fault);
    return document();
  }

  await start();
  const stopWatching = watchFile(dir, SETTINGS_FILE, () => void exclusive(() => reload(true)));
  return {
    file,
    current: () => inForce,
    error: () => fault && { line: fault.line, message: fault.message },
    document,
    secrets: () => [...everySecret],
    put: (body, ifMatch) => exclusive(() => put(body, ifMatch)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      stopWatching();
      listeners.clear();
      await last;
    },
  };
}

type Interpreted = { parsed: ParsedSettings; mode: number } | { fault: SettingsFault };

function interpret(state: FileState): Interpreted {
  if (state.kind === 'unusable') return { fault: state.fault };
  if (state.kind === 'missing') return { fault: new SettingsFault(null, 'settings.yaml is gone') };
  try {
    return { parsed: parseSettings(state.text), mode: state.mode };
  } catch (error) {
    if (error instanceof SettingsFault) return { fault: error };
    // Whatever else a file may provoke, it must not stop the service.
    return { fault: new SettingsFault(null, 'settings.yaml cannot be understood') };
  }
}

function requireMatch(ifMatch: string | undefined, state: FileState): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes(state.etag) || (tags.includes('*') && state.kind !== 'missing')) return;
  throw new AppError('PRECONDITION_FAILED', 'The settings were changed elsewhere meanwhile. Load them again first.', {
    details: { etag: state.etag },
  });
}

function exposure({ document }: ParsedSettings, mode: number): string[] {
  if (process.platform === 'win32' || (mode & 0o077) === 0 || secretsIn(document).length === 0) return [];
  return ['settings.yaml holds a key and other users of this machine may read it; run chmod 600 on it.'];
}

function explainWrite(error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof AppError || typeof code !== 'string') throw error;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const remedy = full ? 'The disk is full.' : 'Check who may write to its folder.';
  const message = `settings.yaml could not be written (${code}), nothing was changed. ${remedy}`;
  throw new AppError(full ? 'STORAGE_FULL' : 'INTERNAL', message, { cause: error });
}
