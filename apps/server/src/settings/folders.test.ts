import { describe, expect, it } from 'vitest';
import { lightchatFolders } from './folders.ts';

describe('the folders of LightChat', () => {
  it('[LC-009] [LC-010] are the XDG ones on Linux', () => {
    expect(lightchatFolders('linux', {}, '/home/ada')).toEqual({
      config: '/home/ada/.config/LightChat',
      data: '/home/ada/.local/share/LightChat',
      logs: '/home/ada/.local/state/LightChat/logs',
    });
    const env = { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_STATE_HOME: 'relative' };
    expect(lightchatFolders('linux', env, '/home/ada')).toEqual({
      config: '/c/LightChat',
      data: '/d/LightChat',
      logs: '/home/ada/.local/state/LightChat/logs',
    });
  });

  it('are those of the Library on macOS', () => {
    expect(lightchatFolders('darwin', {}, '/Users/ada')).toEqual({
      config: '/Users/ada/Library/Application Support/LightChat',
      data: '/Users/ada/Library/Application Support/LightChat',
      logs: '/Users/ada/Library/Logs/LightChat/logs',
    });
  });

  it('are those of AppData on Windows', () => {
    const env = { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming', LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' };
    const folders = {
      config: 'C:\\Users\\ada\\AppData\\Roaming\\LightChat',
      data: 'C:\\Users\\ada\\AppData\\Local\\LightChat',
      logs: 'C:\\Users\\ada\\AppData\\Local\\LightChat\\logs',
    };
    expect(lightchatFolders('win32', env, 'C:\\Users\\ada')).toEqual(folders);
    expect(lightchatFolders('win32', {}, 'C:\\Users\\ada')).toEqual(folders);
  });

  it('are exactly what the environment names, on every system', () => {
    const env = { LIGHTCHAT_CONFIG_DIR: '/a', LIGHTCHAT_DATA_DIR: '/b', LIGHTCHAT_LOG_DIR: '/c' };
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(lightchatFolders(platform, env, '/home/ada')).toEqual({ config: '/a', data: '/b', logs: '/c' });
    }
  });
});
