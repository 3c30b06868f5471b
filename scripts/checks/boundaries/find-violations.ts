import { type Import, importsOf, sourceFiles } from './imports.ts';
import { type FloorRule, floorRules } from './rules.ts';

export interface Violation {
  rule: string;
  why: string;
  where: string;
}

/** Checks every source file under `root`. `files` says what was looked at, so that a green light can prove that it looked. */
export function findViolations(root: string): { files: string[]; violations: Violation[] } {
  const files = sourceFiles(root);
  const imports = files.flatMap((file) => importsOf(root, file));
  const violations = imports.flatMap((one) => [...dangling(one), ...broken(one)]);
  return { files, violations: [...violations, ...valueCycles(imports)] };
}

function dangling({ from, to, written }: Import): Violation[] {
  if (to !== undefined) return [];
  const why =
    'An import that leads nowhere escapes every other rule. (Relative ones name the file with its extension.)';
  return [{ rule: 'no-dangling-imports', why, where: `${from} → ${written}` }];
}

function broken({ from, to }: Import): Violation[] {
  if (to === undefined) return [];
  return floorRules
    .filter((rule) => isBroken(rule, from, to))
    .map(({ name, why }) => ({ rule: name, why, where: `${from} → ${to}` }));
}

function isBroken(rule: FloorRule, from: string, to: string): boolean {
  const groups = rule.from.exec(from);
  if (!groups || rule.fromNot?.test(from)) return false;
  const filled = (pattern: string) => new RegExp(pattern.replace(/\$(\d)/g, (_, n) => groups[Number(n)] ?? ''));
  return filled(rule.to).test(to) && !(rule.toNot && filled(rule.toNot).test(to));
}

/** One violation for each import that closes a circle of running code. */
function valueCycles(imports: readonly Import[]): Violation[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to, typeOnly } of imports) {
    if (to === undefined || typeOnly || /^(npm|node):/.test(to)) continue;
    next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  const done = new Set<string>();
  const trail: string[] = [];
  const violations: Violation[] = [];
  const visit = (file: string): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      const why = 'Types may refer to each other; running code may not wait on itself.';
      violations.push({ rule: 'no-value-cycles', why, where: [...trail.slice(start), file].join(' → ') });
      return;
    }
    if (done.has(file)) return;
    trail.push(file);
    for (const to of next.get(file) ?? []) visit(to);
    trail.pop();
    done.add(file);
  };
  for (const file of next.keys()) visit(file);
  return violations;
}
