/**
 * Brings node_modules into agreement with package-lock.json, and does nothing when it already is. Beside the project's
 * own installation there are those of the client tests and of the benchmarks, which a start does without.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { onlyOnce } from './only-once.mjs';
import { inRoot, Refusal, say } from './project.mjs';
import { runQuietly } from './run.mjs';

const CLIENTS = 'tests/clients';
const PEERS = 'bench/peers';
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/** What the server, the page and the project's tools are made with. */
export async function ensureInstalled() {
  await ensureFolder('.', 'Installing (first start only)…');
}

/** The clients of other people that LightChat is tested with: too heavy to keep a first start waiting. */
export async function ensureClientsInstalled() {
  await ensureFolder(CLIENTS, 'Installing the clients to test with…');
}

/** Other gateways, which only benchmarks measure beside ours. */
export async function ensurePeersInstalled() {
  await ensureFolder(PEERS, 'Installing the gateways to compare with…');
}

async function ensureFolder(folder, words) {
  if (isInstalled(folder)) return;
  await onlyOnce('install', async () => {
    if (isInstalled(folder)) return;
    say(existsSync(inRoot(folder, 'node_modules')) ? 'Updating the installation…' : words);
    const { code, output } = await npm(
      ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--no-progress'],
      inRoot(folder),
    );
    if (code !== 0) throw new Refusal(failure(output));
    writeStamp(folder);
  });
}

const lockFile = (folder) => inRoot(folder, 'package-lock.json');
const stampFile = (folder) => inRoot(folder, 'node_modules/.lightchat-installed');

function isInstalled(folder) {
  if (read(stampFile(folder)) === fingerprint(folder)) return true;
  // Someone ran `npm install` or `npm ci` by hand: npm's own record of what it put there says the same.
  if (!agrees(folder)) return false;
  writeStamp(folder);
  return true;
}

function fingerprint(folder) {
  return createHash('sha256')
    .update(readFileSync(lockFile(folder)))
    .digest('hex');
}

function writeStamp(folder) {
  writeFileSync(stampFile(folder), fingerprint(folder));
}

/** Whether every package of the lock file is there in its version; those for other platforms may be missing. */
function agrees(folder) {
  const record = read(inRoot(folder, 'node_modules/.package-lock.json'));
  if (!record) return false;
  const present = JSON.parse(record).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(lockFile(folder), 'utf8')).packages);
  return wanted
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .every(([path, { version, optional }]) => (present[path] ? present[path].version === version : optional));
}

function npm(args, cwd) {
  const env = { ...process.env, ...(hasHome() ? {} : { npm_config_cache: ownCache() }) };
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.c?js$/.test(cli)) return runQuietly(process.execPath, [cli, ...args], { env, cwd });
  return runQuietly('npm', args, { env, cwd, shell: process.platform === 'win32' });
}

/** npm keeps its cache at home; a service user or a container may have none that can be written. */
function hasHome() {
  try {
    accessSync(homedir(), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function ownCache() {
  const folder = inRoot('.cache/npm');
  mkdirSync(dirname(join(folder, 'x')), { recursive: true });
  return folder;
}

function failure(output) {
  if (!UNREACHABLE.test(output)) return `${output}\nThe installation failed; npm's own words are above.`;
  return (
    `${output}\nThe installation failed because npm cannot reach its package registry. ` +
    'Check the network and, behind a proxy, the proxy settings (npm config get registry, HTTPS_PROXY), then start again. ' +
    'Nothing is needed from the network after the first start.'
  );
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
