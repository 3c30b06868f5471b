/** Makes dist/: the server as one file and the page beside it. Skipped when no source changed since. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { findNode, projectEnv } from './node24.mjs';
import { onlyOnce } from './only-once.mjs';
import { inRoot, Refusal, root, say } from './project.mjs';
import { runQuietly } from './run.mjs';

const dist = inRoot('dist');
const next = inRoot('.cache/dist');

/**
 * Compiling is a sixth of what a start costs: its result is kept beside the code from one start to the next.
 * Where that folder is not writable, starts are slower and that is all.
 */
const boot = `import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
enableCompileCache(join(import.meta.dirname, 'compile-cache'));
await import('./server.cjs');
`;

/** What the build depends on. */
const sources = [
  'package-lock.json',
  'scripts/kit/build.mjs',
  'packages/protocol/package.json',
  'packages/protocol/src',
  'apps/server/src',
  'apps/web/index.html',
  'apps/web/vite.config.ts',
  'apps/web/public',
  'apps/web/src',
];
const notBuilt = /\.(test|contract)\.tsx?$|^(testing|__fixtures__|fixtures)$/;

export async function ensureBuilt() {
  if (isFresh()) return;
  await onlyOnce('build', async () => {
    if (isFresh()) return;
    say('Building…');
    await build();
  });
}

/** Builds beside the old result and changes over at the end, so a failed build leaves the old one. */
export async function build() {
  const before = fingerprint();
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  await Promise.all([buildServer(join(next, 'server')), buildPage(join(next, 'web'))]);
  writeFileSync(join(next, 'sources'), before);
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
}

async function buildServer(outdir) {
  await bundle(outdir, {
    server: 'apps/server/src/main.ts',
    'search-worker': 'apps/server/src/store/sqlite/search/worker.ts',
    'api-description': 'apps/server/src/http/api-description.ts',
  });
  writeFileSync(join(outdir, 'main.mjs'), boot);
}

/** What is seldom asked for lies beside the server: within it, all that it shares with it would be slower to start. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/api-description\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './api-description.cjs', external: true } : undefined,
    );
  },
};

async function bundle(outdir, entryPoints) {
  const { build: run } = await import('esbuild');
  await run({
    absWorkingDir: root,
    entryPoints,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    plugins: [apart],
    platform: 'node',
    // Not as an ES module: importing node:http as one evaluates what it only has lazily, and that is a seventh of a start.
    // What is imported later (the sending of files) is evaluated later all the same.
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    target: 'node24',
    sourcemap: 'linked',
    legalComments: 'none',
    // One character beyond ASCII, in a comment, makes the whole source take twice the memory.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
  }).catch(() => {
    throw new Refusal('The server could not be built; the reasons are above.');
  });
}

async function buildPage(folder) {
  const vite = inRoot('node_modules/vite/bin/vite.js');
  const { code, output } = await runQuietly(findNode(), [vite, 'build', '--logLevel', 'warn'], {
    cwd: inRoot('apps/web'),
    env: projectEnv({ NODE_ENV: 'production' }),
  });
  if (code !== 0) throw new Refusal(`${output}\nThe page could not be built.`);
  cpSync(inRoot('apps/web/dist'), folder, { recursive: true });
  compress(folder);
}

/** The server sends the smaller file beside a file to whoever can read it. */
function compress(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/\.(js|css|html|svg)$/.test(name)) continue;
    const file = join(folder, name);
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

function isFresh() {
  try {
    statSync(join(dist, 'server/main.mjs'));
    statSync(join(dist, 'web/index.html'));
    return readFileSync(join(dist, 'sources'), 'utf8') === fingerprint();
  } catch {
    return false;
  }
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const path of sources.flatMap((source) => [...filesUnder(source)])) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(inRoot(path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function* filesUnder(path) {
  const stat = statSync(inRoot(path), { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(inRoot(path)).sort()) if (!notBuilt.test(name)) yield* filesUnder(`${path}/${name}`);
}
