import { parseArgs } from 'node:util';

export interface CommandLine {
  host: string;
  port: number;
  configDir: string | undefined;
  dataDir: string | undefined;
  logDir: string | undefined;
}

export const HELP = `LightChat: a local-first AI chat page, API and gateway.

Usage: lightchat [options]          (from a clone: npm start -- [options])

  --port <n>          port to listen on; 0 takes any free one      (LIGHTCHAT_PORT, 8000)
  --host <address>    127.0.0.1, localhost or ::1                  (LIGHTCHAT_HOST, 127.0.0.1)
  --config-dir <dir>  folder of settings.yaml                      (LIGHTCHAT_CONFIG_DIR)
  --data-dir <dir>    folder of the database                       (LIGHTCHAT_DATA_DIR)
  --log-dir <dir>     folder of the chat logs                      (LIGHTCHAT_LOG_DIR)
  --version           print the version
  --help              print this

Each option may also come from the environment or from a .env file in the current folder; options win.
When the server is ready it prints one line of JSON on stdout; everything else goes to stderr.
Models: start Ollama, LM Studio or llama.cpp and they are found, or add a provider to settings.yaml.
`;

/** What was asked for wrongly, in words for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const LOOPBACK = new Map([
  ['127.0.0.1', '127.0.0.1'],
  ['localhost', '127.0.0.1'],
  ['::1', '::1'],
  ['[::1]', '::1'],
]);

/** Arguments and environment, checked. 'help' and 'version' when that is all that was asked. Throws UsageError. */
export function readCommandLine(args: string[], env: NodeJS.ProcessEnv): CommandLine | 'help' | 'version' {
  const given = parse(args);
  if (given.help) return 'help';
  if (given.version) return 'version';
  refuseUnsupported(env);
  // A variable that is set to nothing, as templates leave them, is not set.
  return {
    host: loopback(given.host ?? (env.LIGHTCHAT_HOST || '127.0.0.1')),
    port: portNumber(given.port ?? (env.LIGHTCHAT_PORT || '8000')),
    configDir: given['config-dir'] ?? (env.LIGHTCHAT_CONFIG_DIR || undefined),
    dataDir: given['data-dir'] ?? (env.LIGHTCHAT_DATA_DIR || undefined),
    logDir: given['log-dir'] ?? (env.LIGHTCHAT_LOG_DIR || undefined),
  };
}

function parse(args: string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const options = {
      host: text,
      port: text,
      'config-dir': text,
      'data-dir': text,
      'log-dir': text,
      help: flag,
      version: flag,
    };
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

/** Without accounts, whoever reaches the port is the user: so only this machine may reach it. */
function loopback(host: string): string {
  const address = LOOPBACK.get(host.trim().toLowerCase());
  if (address) return address;
  throw new UsageError(
    `LightChat has no login in local mode, so it listens on this machine only: "${host}" is refused. Use 127.0.0.1, localhost or ::1.`,
  );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text.trim()) && port <= 65_535) return port;
  throw new UsageError(`"${text}" is not a port. Use a number from 0 to 65535; 0 takes any free one.`);
}

/** Asking for protection or storage and silently not getting it would be worse than not starting. */
function refuseUnsupported(env: NodeJS.ProcessEnv): void {
  if (env.LIGHTCHAT_AUTH && env.LIGHTCHAT_AUTH !== 'local') {
    throw new UsageError(
      `LIGHTCHAT_AUTH=${env.LIGHTCHAT_AUTH} is not supported by this version; it runs in local mode only.`,
    );
  }
  if (env.DATABASE_URL || env.REDIS_URL) {
    throw new UsageError(
      'DATABASE_URL and REDIS_URL are not supported by this version, which keeps everything in SQLite in the data folder. Unset them to start.',
    );
  }
}
