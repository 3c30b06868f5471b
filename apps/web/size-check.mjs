// Fails when what the page loads first is over its budget. Run after `vite build`.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Budgets in kB (1,000 bytes) after gzip level 9, of everything index.html names: no lazy chunk counts. */
const BUDGETS = { js: 210, css: 12 };

const dist = new URL('./dist/', import.meta.url);
const html = readFileSync(new URL('index.html', dist), 'utf8');
const initial = [...html.matchAll(/(?:src|href)="\/([^"]+\.(js|css))"/g)].map(([, path, kind]) => ({ path, kind }));

let failed = false;
for (const [kind, budget] of Object.entries(BUDGETS)) {
  const files = initial.filter((file) => file.kind === kind);
  if (files.length === 0) throw new Error(`dist/index.html names no ${kind} file: is the build complete?`);
  const bytes = files.reduce(
    (sum, { path }) => sum + gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length,
    0,
  );
  const size = (bytes / 1000).toFixed(1);
  const over = bytes > budget * 1000;
  failed ||= over;
  process.stdout.write(
    `initial ${kind}: ${size} kB gzip in ${files.length} file(s), budget ${budget} kB${over ? ', OVER BUDGET' : ''}\n`,
  );
}
process.exit(failed ? 1 : 0);
