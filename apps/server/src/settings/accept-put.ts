// From the body of PUT /config to the document it asks for.
import { AppError, MASKED_SECRET, type Settings } from '@lightchat/protocol';
import { outOfBounds } from './bounds.ts';
import { describeIssue, type Issue } from './fault.ts';
import { checkDocument } from './parse-settings.ts';
import { hasReference } from './rules.ts';
import { isSecretKey } from './secrets.ts';

type Tree = Record<string, unknown>;

/**
 * `body` with every masked secret replaced by the one in `before`. Throws INVALID_REQUEST with every fault.
 *
 * A caller of the API is less than the operator: it may keep a secret and a reference to the
 * environment, and it may not learn either. So both hold only while the provider's address does
 * (otherwise a new address would be sent the old key), and only the operator's own hand adds references.
 */
export function acceptPut(body: unknown, before: Settings): Settings {
  const bound = outOfBounds(body);
  if (bound !== undefined) throw invalid([bound]);
  if (!isTree(body)) throw invalid([{ path: [], message: 'the body must be the settings document, a JSON object' }]);
  const issues: Issue[] = [];
  const restored = restore(body, before, { path: [], secret: false, moved: false }, issues);
  // What could not be restored is named by its own issue; the schema would only repeat it.
  const checked = checkDocument(restored);
  const named = new Set(issues.map((issue) => issue.path.join('.')));
  issues.push(...checked.issues.filter((issue) => !named.has(issue.path.join('.'))));
  if (issues.length > 0 || checked.document === undefined) throw invalid(issues);
  return checked.document;
}

interface Place {
  path: readonly (string | number)[];
  /** Inside a key that holds secrets. */
  secret: boolean;
  /** Inside a provider that is new or has another address than before. */
  moved: boolean;
}

function restore(value: unknown, before: unknown, place: Place, issues: Issue[]): unknown {
  const at = (key: string | number): Place => ({ ...place, path: [...place.path, key] });
  if (Array.isArray(value)) {
    const old: unknown[] = Array.isArray(before) ? before : [];
    if (place.path.length === 1 && place.path[0] === 'providers') {
      return value.map((item, index) => restoreProvider(item, old, at(index), issues));
    }
    return value.map((item, index) => restore(item, old[index], at(index), issues));
  }
  if (isTree(value)) {
    const old: Tree = isTree(before) ? before : {};
    const entries = Object.entries(value).map(([key, item]) => {
      const inside = { ...at(key), secret: place.secret || isSecretKey(key) };
      return [key, restore(item, Object.hasOwn(old, key) ? old[key] : undefined, inside, issues)];
    });
    return Object.fromEntries(entries);
  }
  if (value !== MASKED_SECRET) return value;
  if (place.moved) {
    issues.push({ path: place.path, message: 'the host is another one, so the secret is needed again' });
  } else if (!place.secret || before === undefined || before === null || before === '') {
    issues.push({ path: place.path, message: 'there is no stored secret that this mask could stand for' });
  } else {
    return before;
  }
  return null;
}

function restoreProvider(value: unknown, before: readonly unknown[], place: Place, issues: Issue[]): unknown {
  if (!isTree(value)) return value;
  const old = before.filter(isTree).find((provider) => provider.id === value.id);
  const moved = old === undefined || address(old) !== address(value);
  const restored = restore(value, old, { ...place, moved }, issues);
  for (const key of ['host', 'api_key']) {
    const text = value[key];
    if (typeof text !== 'string' || !hasReference(text)) continue;
    const path = [...place.path, key];
    if (text !== old?.[key]) {
      issues.push({ path, message: 'a reference to the environment can only be added in settings.yaml by hand' });
    } else if (moved) {
      issues.push({ path, message: 'the host is another one, so the secret is needed again' });
    }
  }
  return restored;
}

/** Where a provider's key is sent. Without a host the type decides. */
function address(provider: Tree): unknown {
  return provider.host ?? `default of ${provider.type}`;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(issues: readonly Issue[]): AppError {
  const shown = issues.slice(0, 50);
  const first = shown[0] === undefined ? 'unknown fault' : describeIssue(shown[0]);
  return new AppError('INVALID_REQUEST', `These settings are not valid, nothing was changed. ${first}`, {
    details: { issues: shown.map(({ path, message }) => ({ path: path.join('.'), message })) },
  });
}
