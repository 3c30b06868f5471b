/** What every measure is given, and how the contenders of one take turns. */
import type { RunningProcess } from '../child-process.ts';
import {
  type Contender,
  createFolders,
  direct,
  type ServerOptions,
  startLightChat,
  startRawPipe,
} from '../contenders.ts';
import type { Row } from '../report.ts';

export interface Setting {
  upstream: RunningProcess;
  server: ServerOptions;
  /** A smoke run: few rounds, short windows; its figures are not for quoting. */
  quick: boolean;
  /** Says what is going on. */
  log(line: string): void;
  /** Every fault of every stream is told here. */
  fault(line: string): void;
}

export interface Measure {
  name: string;
  about: string;
  run(setting: Setting): Promise<Row[]>;
}

export interface Contenders {
  direct: Contender;
  pipe: Contender;
  lightchat: Contender;
}

/** Starts fresh contenders, and stops them and removes their folders afterwards. */
export async function withContenders<T>(setting: Setting, use: (contenders: Contenders) => Promise<T>): Promise<T> {
  const folders = createFolders(setting.upstream.port);
  const started: Contender[] = [];
  try {
    const pipe = await startRawPipe(setting.upstream.port);
    started.push(pipe);
    const lightchat = await startLightChat(folders, setting.server);
    started.push(lightchat);
    return await use({ direct: direct(setting.upstream), pipe, lightchat });
  } finally {
    await Promise.all(started.map((contender) => contender.stop()));
    folders.remove();
  }
}

/** Rounds of each contender, taken in turn so that what the machine does meets all of them. */
export async function roundRobin<C extends object, R>(
  contenders: C & Record<keyof C, Contender>,
  rounds: number,
  run: (contender: Contender, round: number) => Promise<R>,
): Promise<Record<keyof C, R[]>> {
  const keys = Object.keys(contenders) as (keyof C)[];
  const results = Object.fromEntries(keys.map((key) => [key, []])) as unknown as Record<keyof C, R[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const key of keys) results[key].push(await run(contenders[key], round));
  }
  return results;
}
