import { AppError } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { explained } from './explained.ts';

const ioError = () => Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 });

describe('a store whose disk fails', () => {
  const store = explained({
    get: async (): Promise<string> => {
      throw ioError();
    },
    read: (): string => {
      throw ioError();
    },
    find: (id: string) => Promise.reject(new AppError('NOT_FOUND', `There is no ${id}.`)),
    list: async (limit: number) => [limit],
  });

  it('[P4] says so in words for people, at once or later', async () => {
    await expect(store.get()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(() => store.read()).toThrow(AppError);
  });

  it('[P4] changes nothing else', async () => {
    expect(await store.list(3)).toEqual([3]);
    await expect(store.find('x')).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'There is no x.' });
  });
});
