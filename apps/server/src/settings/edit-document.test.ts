import type { Settings } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { editDocument } from './edit-document.ts';
import { parseSettings } from './parse-settings.ts';
import { SETTINGS_TEMPLATE } from './template.ts';

function edit(text: string, change: (document: Settings) => void): string {
  const before = parseSettings(text).document;
  const after = structuredClone(before);
  change(after);
  return editDocument(text, before, after);
}

const ORDERED = `# mine
providers: # all of them
  # the fast one
  - type: ollama # at home
    id: home
    host: "http://127.0.0.1:11434" # do not touch
    custom: [1, 2] # own idea

  # the other one
  - id: away
    type: openai
    host: https://a.example/v1
    name: Away # far
retry: # patience
  delay_ms: 10 # short
  attempts: 0
# the end
`;

describe('changing settings.yaml in place', () => {
  it('[LC-011] changes one line of the first file and no other', () => {
    const edited = edit(SETTINGS_TEMPLATE, (document) => {
      document.default_provider = 'demo';
    });
    expect(edited).toBe(SETTINGS_TEMPLATE.replace('default_provider: null', 'default_provider: demo'));
  });

  it('[LC-011] keeps comments, order and quotes beside what it changes', () => {
    const edited = edit(ORDERED, (document) => {
      document.retry.delay_ms = 20;
      Object.assign(document.providers[0] ?? {}, { host: 'http://127.0.0.1:9' });
    });
    expect(edited).toBe(ORDERED.replace('delay_ms: 10', 'delay_ms: 20').replace('127.0.0.1:11434', '127.0.0.1:9'));
  });

  it('[LC-011] keeps the spacing of a file that is written in another way', () => {
    const text =
      'log_dir:   null      # aligned\nproviders: [{id: a,type: demo},   {id: b, type: demo}]   \n\n\nretry: {attempts: 0}\n';
    const edited = edit(text, (document) => {
      document.log_dir = '/var/log/chat, and more';
      Object.assign(document.providers[0] ?? {}, { id: 'a2' });
      document.retry.attempts = 1;
    });
    expect(parseSettings(edited).document).toMatchObject({
      log_dir: '/var/log/chat, and more',
      retry: { attempts: 1 },
    });
    const gentle = edit(text, (document) => {
      document.log_dir = '/var/log/chat';
      document.retry.attempts = 1;
    });
    expect(gentle).toBe(text.replace('null  ', '/var/log/chat  ').replace('attempts: 0', 'attempts: 1'));
  });

  it('moves comments with their provider and takes them out with it', () => {
    const swapped = edit(ORDERED, (document) => document.providers.reverse());
    const order = ['# the other one', 'id: away', 'name: Away # far', 'id: home', '# do not touch'];
    const places = order.map((part) => swapped.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    const removed = edit(ORDERED, (document) => document.providers.pop());
    expect(removed).not.toContain('away');
    expect(removed).toContain('# do not touch');
  });

  it('appends what is new, and only what differs from a default', () => {
    const edited = edit(ORDERED, (document) => {
      document.limits.run_ms = 5;
      document.providers.push({ id: 'x', type: 'openai', host: 'https://x.example', system_prompt: 'a: "b"\n# c' });
    });
    expect(edited).toContain('limits:\n  run_ms: 5\n');
    expect(edited).not.toContain('idle_ms');
    expect(parseSettings(edited).document.providers[2]?.system_prompt).toBe('a: "b"\n# c');
  });

  it('keeps unknown keys that the new document does not mention, and removes known ones', () => {
    const edited = edit(ORDERED, (document) => {
      delete document.providers[0]?.custom;
      delete document.providers[1]?.name;
    });
    expect(edited).toContain('custom: [ 1, 2 ] # own idea');
    expect(edited).not.toContain('Away');
  });

  it('[P7] keeps Windows line ends', () => {
    const edited = edit(SETTINGS_TEMPLATE.replaceAll('\n', '\r\n'), (document) => {
      document.retry.attempts = 3;
    });
    expect(edited.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('refuses to change what an alias shares, rather than changing more than was asked', () => {
    const shared = 'a: &s { attempts: 1, delay_ms: 5 }\nretry: *s\nproviders:\n  - &p { id: p, type: demo }\n';
    const change = () =>
      edit(shared, (document) => {
        Object.assign(document, { a: { attempts: 2, delay_ms: 5 } });
      });
    expect(change).toThrow(/by hand/);
    const besides = edit(shared, (document) => {
      document.logging_enabled = false;
    });
    expect(besides).toContain('retry: *s');
  });

  it('[L12] refuses what would make the file too large to be read again', () => {
    const change = () =>
      edit(ORDERED, (document) => Object.assign(document.providers[0] ?? {}, { system_prompt: '€'.repeat(400_000) }));
    expect(change).toThrow(/larger than/);
  });

  it('writes any text so that it is read back the same', () => {
    const texts = [
      '',
      ' ',
      'null',
      'true',
      '007',
      '- a',
      '# no',
      'a: b',
      'é😀',
      '"',
      "'",
      '\t',
      'a\n\n\n',
      '&x',
      '*x',
      '%',
    ];
    for (const text of [...texts, 'x'.repeat(5000), `${'word '.repeat(300)}\nend`, '\u0000\u2028\u0085', '---\n']) {
      const edited = edit(ORDERED, (document) => Object.assign(document.providers[0] ?? {}, { system_prompt: text }));
      expect(parseSettings(edited).document.providers[0]?.system_prompt).toBe(text);
    }
  });
});
