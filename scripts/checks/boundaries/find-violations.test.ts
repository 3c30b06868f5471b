import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findViolations } from './find-violations.ts';
import { floorRules } from './rules.ts';

const server = 'apps/server/src';
const web = 'apps/web/src';

/** For each rule: a file and an import that breaks it. What is imported exists. */
const seeded: Record<string, [from: string, imports: string][]> = {
  'protocol-is-the-ground': [
    ['packages/protocol/src/a.ts', 'node:fs'],
    ['packages/protocol/src/a.ts', 'fastify'],
    ['packages/protocol/src/a.ts', `../../../${server}/engine/ports.ts`],
  ],
  'engine-is-pure': [
    [`${server}/engine/a.ts`, 'node:crypto'],
    [`${server}/engine/run/a.ts`, 'undici'],
    [`${server}/engine/a.ts`, '../store/sqlite/index.ts'],
  ],
  'adapters-do-not-meet': [
    [`${server}/http/app.ts`, '../settings/a.ts'],
    [`${server}/system/a.ts`, '../logging/a.ts'],
  ],
  'siblings-do-not-peek': [
    [`${server}/providers/ollama/a.ts`, '../openai/a.ts'],
    [`${server}/store/postgres/a.ts`, '../sqlite/index.ts'],
    [`${server}/providers/ollama/a.ts`, '../directory.ts'],
  ],
  'surfaces-do-not-peek': [
    [`${server}/http/surfaces/wait/a.ts`, '../native/a.ts'],
    [`${server}/http/surfaces/wait/a.ts`, '../../app.ts'],
  ],
  'kits-know-nobody': [
    [`${server}/providers/kit/a.ts`, '../ollama/a.ts'],
    [`${server}/http/kit/a.ts`, '../surfaces/wait/a.ts'],
  ],
  'one-composition-root': [
    [`${server}/main.ts`, './engine/ports.ts'],
    [`${server}/main.ts`, './store/sqlite/index.ts'],
  ],
  'nobody-imports-the-root': [[`${server}/http/app.ts`, '../compose.ts']],
  'features-do-not-meet': [[`${web}/features/chat/a.tsx`, '../logs/a.tsx']],
  'client-and-markdown-stand-below': [
    [`${web}/client/a.ts`, '../features/logs/a.tsx'],
    [`${web}/markdown/a.ts`, '../app/a.ts'],
  ],
  'ui-is-dumb': [
    [`${web}/ui/a.tsx`, '../client/api.ts'],
    [`${web}/ui/a.tsx`, '@lightchat/protocol'],
  ],
  'apps-do-not-meet': [[`${web}/client/a.ts`, `../../../server/src/engine/ports.ts`]],
  'the-page-loads-in-a-browser': [[`${web}/app/a.ts`, 'node:path']],
  'no-test-in-production': [
    [`${server}/http/app.ts`, './testing/a.ts'],
    [`${server}/engine/a.ts`, 'vitest'],
    [`${server}/engine/a.ts`, '../../../../tests/upstream/a.ts'],
    [`${web}/client/a.ts`, './api.test.ts'],
  ],
};

/** What must stay allowed. */
const allowed: [from: string, imports: string][] = [
  [`${server}/main.ts`, './compose.ts'],
  [`${server}/compose.ts`, './store/sqlite/index.ts'],
  [`${server}/http/app.ts`, './surfaces/wait/a.ts'],
  [`${server}/http/surfaces/wait/a.ts`, '../../kit/a.ts'],
  [`${server}/http/surfaces/wait/a.ts`, '../../../engine/ports.ts'],
  [`${server}/providers/directory.ts`, './ollama/a.ts'],
  [`${server}/providers/ollama/a.ts`, '../kit/a.ts'],
  [`${server}/engine/testing/a.contract.ts`, 'vitest'],
  [`${server}/store/sqlite/a.test.ts`, '../../engine/testing/a.contract.ts'],
  [`${server}/providers/a.test.ts`, '../../../../tests/upstream/a.ts'],
  [`${web}/app/a.ts`, '../features/chat/a.tsx'],
  [`${web}/features/chat/a.tsx`, '../../client/api.ts'],
  [`${web}/features/chat/a.tsx`, '../../ui/a.tsx'],
  ['packages/protocol/src/a.ts', 'zod'],
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'floors-'));
  for (const name of ['zod', 'fastify', 'undici', 'vitest'])
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
  write('packages/protocol/src/index.ts', 'export {};');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The names of the rules that `from` breaks by importing `imports`. */
function brokenBy(from: string, statement: string, imports: string): string[] {
  if (imports.startsWith('.')) write(join(dirname(from), imports), 'export const x = 1;');
  write(from, statement.replace('WHAT', imports));
  return findViolations(root).violations.map(({ rule }) => rule);
}

describe('every rule has a violation that it catches', () => {
  it('and no rule is without one', () => {
    expect(Object.keys(seeded).sort()).toEqual(floorRules.map(({ name }) => name).sort());
  });

  for (const [rule, cases] of Object.entries(seeded)) {
    for (const [from, imports] of cases) {
      it.each([
        ["import { x } from 'WHAT';", 'a value'],
        ["import type { X } from 'WHAT';", 'a type'],
        ["export * from 'WHAT';", 'passed on'],
        ["export const later = () => import('WHAT');", 'loaded later'],
        ["export type X = import('WHAT').X;", 'an inline type'],
      ])(`${rule}: ${from} may not import ${imports} (%s)`, (statement) => {
        expect(brokenBy(from, statement, imports)).toContain(rule);
      });
    }
  }
});

describe('what is allowed', () => {
  for (const [from, imports] of allowed) {
    it(`${from} may import ${imports}`, () => {
      expect(brokenBy(from, "import { x } from 'WHAT';", imports)).toEqual([]);
    });
  }
});

describe('rules about all files', () => {
  it.each(['./gone.ts', 'not-installed', '#nowhere'])(
    'an import of %s that leads nowhere is a violation',
    (imports) => {
      write(`${server}/a.ts`, `import '${imports}';`);
      expect(findViolations(root).violations.map(({ rule }) => rule)).toEqual(['no-dangling-imports']);
    },
  );

  it('an import whose address is computed is a violation, because nobody can follow it', () => {
    write(`${server}/a.ts`, 'export const load = (name: string) => import(name);');
    expect(findViolations(root).violations.map(({ rule }) => rule)).toEqual(['no-dangling-imports']);
  });

  it('running code that waits on itself is a violation, types that refer to each other are not', () => {
    write(`${server}/a.ts`, "import type { B } from './b.ts';\nexport type A = B;");
    write(`${server}/b.ts`, "import { a } from './a.ts';\nexport type B = typeof a;");
    expect(findViolations(root).violations).toEqual([]);
    write(`${server}/a.ts`, "import { b } from './c.ts';\nexport const a = b;");
    write(`${server}/c.ts`, "export { a as b } from './b.ts';");
    expect(findViolations(root).violations.map(({ rule }) => rule)).toEqual(['no-value-cycles']);
  });

  it('a file that cannot be read as TypeScript is an error, not a file without imports', () => {
    write(`${server}/a.ts`, 'import { from;');
    expect(() => findViolations(root)).toThrow(/a\.ts/);
  });

  it('says which files it looked at', () => {
    write(`${web}/ui/a.tsx`, 'export const a = <b />;');
    write('apps/web/node_modules/x/index.ts', 'export {};');
    expect(findViolations(root).files).toEqual([`${web}/ui/a.tsx`, 'packages/protocol/src/index.ts']);
  });
});
