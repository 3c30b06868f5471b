import { describe, expect, it } from 'vitest';
import { findWords } from './find-words.ts';

describe('words that do not belong', () => {
  it.each([
    'const a = "/home/grace/project/x.ts"',
    'see /Users/grace/notes',
    'cd /root/project',
    'cp /work/main .',
    'C:\\Users\\grace\\x',
    '"resolved": "https://registry.npmjs.org/x"',
    '// TODO later',
  ])('%s is found', (line) => {
    expect(findWords(`first\n${line}`)).toMatchObject([{ line: 2 }]);
  });

  it.each([
    'GET /home/overview',
    '~/.config/LightChat/settings.yaml',
    '/home/you/.config/x',
    '/home/<name>/x',
    '$' + '{root}/home/data/x',
    'the framework/root/cause',
    '/var/lib/lightchat',
  ])('%s may stay', (line) => {
    expect(findWords(line)).toEqual([]);
  });
});
