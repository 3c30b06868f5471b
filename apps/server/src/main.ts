/** Starts and stops: arguments, environment, signals, exit codes. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HELP, readCommandLine, UsageError } from './command-line.ts';
import { compose, type LightChat } from './compose.ts';
import { lightchatFolders } from './settings/folders.ts';

/** How long running answers may go on after SIGTERM before they are settled as interrupted. */
const DRAIN_MS = 25_000;
/** How long closing may take after that. What was shown is stored, so leaving without it loses nothing. */
const CLOSE_MS = 10_000;
/** A signal to a whole process group reaches the server twice when its parent passes it on: that is one wish. */
const ECHO_MS = 300;

const here = import.meta.dirname;

async function main(): Promise<void> {
  // Whoever read our output may be gone (a closed terminal, a dead parent): then nobody is told, and chat goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  loadDotEnv();
  const asked = readCommandLine(process.argv.slice(2), process.env);
  const version = readVersion();
  if (asked === 'help') return print(HELP);
  if (asked === 'version') return print(`${version}\n`);
  const env = {
    ...process.env,
    ...(asked.configDir ? { LIGHTCHAT_CONFIG_DIR: asked.configDir } : {}),
    ...(asked.dataDir ? { LIGHTCHAT_DATA_DIR: asked.dataDir } : {}),
    ...(asked.logDir ? { LIGHTCHAT_LOG_DIR: asked.logDir } : {}),
  };
  const folders = lightchatFolders(process.platform, env, homedir());
  const lightChat = await compose({ version, folders, env, pageFolder: findPage(), say });
  const port = await listen(lightChat, asked.host, asked.port);
  stopOnSignals(lightChat);
  print(`${JSON.stringify({ ready: true, port, pid: process.pid, version })}\n`);
  say(`LightChat is ready: http://${asked.host === '::1' ? '[::1]' : asked.host}:${port}`);
}

function loadDotEnv(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') say(`.env was not read: ${(error as Error).message}`);
  }
}

async function listen({ app, stop }: LightChat, host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await stop(0);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new UsageError(
        `Port ${port} is taken by another program (maybe another LightChat: open http://127.0.0.1:${port}). Choose one with --port, or any free one with --port 0.`,
      );
    }
    if (code === 'EACCES') throw new UsageError(`Port ${port} may not be used by this user. Choose one above 1023.`);
    throw error;
  }
  const address = app.server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/** The first signal lets answers finish, the second does not. */
function stopOnSignals(lightChat: LightChat): void {
  let lastSignal = Number.NEGATIVE_INFINITY;
  const stop = () => {
    const isEcho = performance.now() - lastSignal < ECHO_MS;
    lastSignal = performance.now();
    if (isEcho) return;
    const running = lightChat.engine.activeCount();
    if (running > 0)
      say(`Stopping when ${running} running ${running === 1 ? 'answer is' : 'answers are'} done; again to stop now.`);
    void lightChat.stop(DRAIN_MS).then(
      () => process.exit(0),
      (error) => {
        say(`Unexpected while stopping: ${error instanceof Error ? error.stack : error}`);
        process.exit(1);
      },
    );
    leaveAfter(DRAIN_MS + CLOSE_MS);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('unhandledRejection', (error) => say(`Unexpected: ${error instanceof Error ? error.stack : error}`));
  process.on('uncaughtException', (error) => {
    say(`Unexpected: ${error.stack}`);
    process.exitCode = 1;
    void lightChat.stop(0).finally(() => process.exit(1));
    leaveAfter(CLOSE_MS);
  });
}

/** Whatever may hang: a process that was told to go goes. */
function leaveAfter(ms: number): void {
  setTimeout(() => process.exit(1), ms).unref();
}

/** Beside the bundle when built, in the workspace when run from source. */
function findPage(): string {
  return here.endsWith('src') ? join(here, '../../web/dist') : join(here, '../web');
}

function readVersion(): string {
  const manifest = here.endsWith('src') ? join(here, '../../../package.json') : join(here, '../../package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function print(text: string): void {
  process.stdout.write(text);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function fail(error: unknown): never {
  const { name, message, stack } = error as Error;
  const isForPeople = name === 'UsageError' || name === 'StoreRefusal' || name === 'AppError';
  say(isForPeople ? message : `LightChat could not start: ${stack ?? error}`);
  process.exit(1);
}

main().catch(fail);
