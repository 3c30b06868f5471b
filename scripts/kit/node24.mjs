/** The Node that LightChat runs on. npm brings it where the machine's own is older. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { inRoot, Refusal } from './project.mjs';

const NEEDED = 24;

/** Absolute path of a Node that is new enough: the one npm brought, else the one that runs this. */
export function findNode() {
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const brought = ['node', 'node-bin'].map((name) => inRoot(`node_modules/${name}-${platform}-${process.arch}`, file));
  const found = [...brought, process.execPath].find((path) => majorOf(path) >= NEEDED);
  if (found) return found;
  throw new Refusal(
    `LightChat needs Node ${NEEDED} or newer. This is Node ${process.versions.node}, and npm has none to bring for ` +
      `${process.platform} ${process.arch}. Install Node ${NEEDED} from https://nodejs.org and start again.`,
  );
}

/** The environment in which `node` and the project's tools are the project's own, also for grandchildren. */
export function projectEnv(extra = {}) {
  const path = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const own = [inRoot('node_modules/.bin'), join(findNode(), '..')].join(delimiter);
  return { ...process.env, [path]: `${own}${delimiter}${process.env[path] ?? ''}`, ...extra };
}

function majorOf(path) {
  const version = path === process.execPath ? process.version : spawnSync(path, ['--version']).stdout;
  return Number(/^v(\d+)\./.exec(version ?? '')?.[1] ?? 0);
}
