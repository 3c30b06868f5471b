import { posix, win32 } from 'node:path';

export interface Folders {
  /** Holds settings.yaml. */
  config: string;
  /** Holds the embedded database. */
  data: string;
  /** Holds the JSONL logs; the default of `log_dir`. */
  logs: string;
}

/**
 * The operating system's own folders for LightChat. `LIGHTCHAT_CONFIG_DIR`, `LIGHTCHAT_DATA_DIR` and
 * `LIGHTCHAT_LOG_DIR` name a folder itself, nothing is appended. Pure: creates and checks nothing.
 */
export function lightchatFolders(
  platform: NodeJS.Platform,
  env: Record<string, string | undefined>,
  homedir: string,
): Folders {
  const own = ownFolders(platform, env, homedir);
  return {
    config: env.LIGHTCHAT_CONFIG_DIR || own.config,
    data: env.LIGHTCHAT_DATA_DIR || own.data,
    logs: env.LIGHTCHAT_LOG_DIR || own.logs,
  };
}

function ownFolders(platform: NodeJS.Platform, env: Record<string, string | undefined>, homedir: string): Folders {
  if (platform === 'win32') {
    const roaming = env.APPDATA || win32.join(homedir, 'AppData', 'Roaming');
    const local = env.LOCALAPPDATA || win32.join(homedir, 'AppData', 'Local');
    return {
      config: win32.join(roaming, 'LightChat'),
      data: win32.join(local, 'LightChat'),
      logs: win32.join(local, 'LightChat', 'logs'),
    };
  }
  if (platform === 'darwin') {
    const library = posix.join(homedir, 'Library');
    const support = posix.join(library, 'Application Support', 'LightChat');
    return { config: support, data: support, logs: posix.join(library, 'Logs', 'LightChat', 'logs') };
  }
  // The XDG rules say that a relative path is to be ignored.
  const base = (value: string | undefined, fallback: string) =>
    value !== undefined && posix.isAbsolute(value) ? value : posix.join(homedir, fallback);
  return {
    config: posix.join(base(env.XDG_CONFIG_HOME, '.config'), 'LightChat'),
    data: posix.join(base(env.XDG_DATA_HOME, '.local/share'), 'LightChat'),
    logs: posix.join(base(env.XDG_STATE_HOME, '.local/state'), 'LightChat', 'logs'),
  };
}
