import { describe, expect, it } from 'vitest';
import { HELP, readCommandLine, UsageError } from './command-line.ts';

const read = (args: string[], env: NodeJS.ProcessEnv = {}) => readCommandLine(args, env);

describe('the command line', () => {
  it('[LC-001] without anything: loopback, port 8000, the folders of the system', () => {
    const nothing = { configDir: undefined, dataDir: undefined, logDir: undefined };
    expect(read([])).toEqual({ host: '127.0.0.1', port: 8000, ...nothing });
    const templates = { LIGHTCHAT_HOST: '', LIGHTCHAT_PORT: '', LIGHTCHAT_CONFIG_DIR: '', LIGHTCHAT_DATA_DIR: '' };
    expect(read([], templates)).toEqual({ host: '127.0.0.1', port: 8000, ...nothing });
  });

  it('[CW-6] takes the environment, and options win', () => {
    const env = {
      LIGHTCHAT_PORT: '9000',
      LIGHTCHAT_DATA_DIR: '/env',
      LIGHTCHAT_LOG_DIR: '/logs',
      LIGHTCHAT_AUTH: 'local',
    };
    expect(read(['--port', '0', '--data-dir=/given'], env)).toMatchObject({
      port: 0,
      dataDir: '/given',
      logDir: '/logs',
    });
  });

  it('[L1] listens on this machine only', () => {
    for (const [asked, host] of [
      ['localhost', '127.0.0.1'],
      ['::1', '::1'],
      ['[::1]', '::1'],
      ['LOCALHOST', '127.0.0.1'],
    ]) {
      expect(read(['--host', asked ?? ''])).toMatchObject({ host });
    }
    for (const host of ['0.0.0.0', '::', '192.168.0.2', 'example.com', '', '127.0.0.2']) {
      expect(() => read(['--host', host])).toThrow(/this machine only/);
    }
    expect(() => read([], { LIGHTCHAT_HOST: '0.0.0.0' })).toThrow(UsageError);
  });

  it('[LC-001] refuses what it does not understand, with the reason', () => {
    for (const port of ['-1', '65536', '80a', '1e3', '8000.5', ' ', '']) {
      expect(() => read([`--port=${port}`])).toThrow(/not a port/);
    }
    expect(() => read(['--colour'])).toThrow(HELP.slice(0, 20));
    expect(() => read(['surplus'])).toThrow(UsageError);
  });

  it('[CA-1] refuses protection or storage that it cannot give instead of going without', () => {
    expect(() => read([], { LIGHTCHAT_AUTH: 'server' })).toThrow(/not supported/);
    expect(() => read([], { DATABASE_URL: 'postgres://x' })).toThrow(/SQLite/);
    expect(() => read([], { REDIS_URL: 'redis://x' })).toThrow(/not supported/);
  });

  it('[LC-001] help and version need nothing else to be right', () => {
    expect(read(['--help', '--port', 'x'], { LIGHTCHAT_AUTH: 'server' })).toBe('help');
    expect(read(['--version'])).toBe('version');
  });
});
