/** Two terminals may start LightChat in the same moment; one installs or builds, the other waits for it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './project.mjs';

/** Runs `work` while no other process does work of this name here. A lock whose process is gone is taken over. */
export async function onlyOnce(name, work) {
  mkdirSync(inRoot('.cache'), { recursive: true });
  const lock = inRoot('.cache', `${name}.lock`);
  while (!take(lock)) await sleep(200);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(holder(lock))) rmSync(lock, { force: true });
    return false;
  }
}

/** 0 while the file is just being written. */
function holder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
