/** Reads the imports of every source file, types included, and says where each one leads. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  from: string;
  /** As in FloorRule; undefined when it leads nowhere. */
  to: string | undefined;
  written: string;
  /** Gone once compiled, so it cannot make code wait on itself. */
  typeOnly: boolean;
}

const folders = ['apps', 'packages', 'tests', 'bench'];

/** Source files under `root` by path from there, with forward slashes. */
export function sourceFiles(root: string): string[] {
  const found = globSync(`{${folders}}/**/*.{ts,tsx}`, {
    cwd: root,
    exclude: (path) => /(^|[\\/])(node_modules|dist|target)$/.test(path),
  });
  return found.map((path) => path.replaceAll('\\', '/')).sort();
}

/** Throws when a file cannot be parsed: what was not read was not checked. */
export function importsOf(root: string, file: string): Import[] {
  const source = readFileSync(join(root, file), 'utf8');
  const { module, program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found: Omit<Import, 'from' | 'to'>[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    const typeOnly = entries.length > 0 && entries.every(({ isType }) => isType);
    found.push({ written: moduleRequest.value, typeOnly });
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) found.push({ written: moduleRequest.value, typeOnly: isType });
    }
  }
  new Visitor({
    ImportExpression({ source: asked }) {
      const written = asked.type === 'Literal' ? String(asked.value) : source.slice(asked.start, asked.end);
      found.push({ written, typeOnly: false });
    },
    TSImportType({ source: asked }) {
      found.push({ written: asked.value, typeOnly: true });
    },
  }).visit(program);
  return found.map((one) => ({ ...one, from: file, to: resolveImport(root, file, one.written) }));
}

function resolveImport(root: string, file: string, written: string): string | undefined {
  const wanted = written.replace(/\?(raw|url|inline)$/, '');
  if (wanted.startsWith('node:')) return wanted;
  if (wanted.startsWith('.')) return existing(root, posix.join(posix.dirname(file), wanted));
  const own = /^@lightchat\/protocol(?:\/(.+))?$/.exec(wanted);
  if (own) return existing(root, `packages/protocol/src/${own[1] ?? 'index'}.ts`);
  const name = /^(@[^/]+\/[^/]+|[^@./][^/]*)/.exec(wanted)?.[0];
  if (!name) return undefined;
  if (builtinModules.includes(name)) return `node:${name}`;
  const homes = [root, ...workspaceOf(file).map((folder) => join(root, folder))];
  return homes.some((home) => existsSync(join(home, 'node_modules', name))) ? `npm:${name}` : undefined;
}

/** The folder whose package.json brings packages to this file. */
function workspaceOf(file: string): string[] {
  const parts = file.split('/');
  return [parts.slice(0, 1).join('/'), parts.slice(0, 2).join('/')];
}

function existing(root: string, path: string): string | undefined {
  return existsSync(join(root, path)) ? path : undefined;
}
