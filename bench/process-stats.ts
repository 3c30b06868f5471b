/** What a process tree costs, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** The processes of the tree under `pid`, itself first. */
function tree(pid: number): number[] {
  const pids = [pid];
  for (const parent of pids) {
    for (const task of readdirSync(`/proc/${parent}/task`)) {
      const children = readFileSync(`/proc/${parent}/task/${task}/children`, 'utf8').trim();
      if (children) pids.push(...children.split(' ').map(Number));
    }
  }
  return pids;
}

/**
 * Nanoseconds of CPU that every live thread of the tree has used. Waiting for a core does not count.
 * A thread that ended takes its time with it.
 */
export function cpuNanos(pid: number): number {
  let total = 0;
  for (const member of tree(pid)) {
    for (const task of readdirSync(`/proc/${member}/task`)) {
      total += Number(readFileSync(`/proc/${member}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    }
  }
  return total;
}

function kilobytes(pid: number, file: 'status' | 'smaps_rollup', field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN);
}

/** Resident memory of the tree in KiB: what the process holds, and its share of pages it shares with others. */
export function memoryKilobytes(pid: number): { resident: number; proportional: number } {
  let resident = 0;
  let proportional = 0;
  for (const member of tree(pid)) {
    resident += kilobytes(member, 'status', 'VmRSS');
    proportional += kilobytes(member, 'smaps_rollup', 'Pss');
  }
  return { resident, proportional };
}

const ESTABLISHED = '01';

/**
 * The other ends' ports of the connections to `port` that the process has not closed. One that it has closed may still
 * hold, in the system, what was not taken.
 */
export function openConnections(pid: number, port: number): Set<number> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const ports = new Set<number>();
  for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1)) {
    const [, address, other, state] = line.trim().split(/\s+/);
    if (state === ESTABLISHED && address?.endsWith(local)) ports.add(Number.parseInt(other?.split(':')[1] ?? '', 16));
  }
  return ports;
}
