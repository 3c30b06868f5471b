import { providerConfigSchema, settingsSchema } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { SettingsFault } from './fault.ts';
import { parseSettings } from './parse-settings.ts';
import { SETTINGS_TEMPLATE } from './template.ts';

function faultOf(text: string): { line: number | null; message: string } {
  try {
    parseSettings(text);
  } catch (error) {
    if (error instanceof SettingsFault) return { line: error.line, message: error.message };
    throw error;
  }
  throw new Error(`this was read without a fault: ${text.slice(0, 60)}`);
}

const DEMO = 'providers:\n  - id: demo\n    type: demo\n';

describe('reading settings.yaml', () => {
  it('[LC-010] reads the file of a first start without a warning, with every default', () => {
    const { document, warnings } = parseSettings(SETTINGS_TEMPLATE);
    expect(warnings).toEqual([]);
    expect(document).toMatchObject({
      default_provider: null,
      logging: { max_files: 5, max_bytes: 10_485_760 },
      retry: { attempts: 1, delay_ms: 2000 },
      limits: { idle_ms: 60_000, viewer_bytes: 262_144 },
    });
    expect(document.providers.map(({ id, type }) => [id, type])).toEqual([
      ['ollama_local', 'ollama'],
      ['lm_studio', 'openai'],
      ['llama_cpp', 'openai'],
      ['openai', 'openai'],
      ['demo', 'demo'],
    ]);
  });

  it('documents in the template exactly the limits and defaults there are', () => {
    const uncommented = SETTINGS_TEMPLATE.replace(/^# limits:[\s\S]*$/m, (block) => block.replaceAll(/^# /gm, ''));
    expect(parseSettings(uncommented)).toMatchObject({
      document: parseSettings(SETTINGS_TEMPLATE).document,
      warnings: [],
    });
    const limits = Object.keys(parseSettings(SETTINGS_TEMPLATE).document.limits);
    expect(limits.filter((name) => !uncommented.includes(`  ${name}: `))).toEqual([]);
  });

  it('names in the template every setting that a file and a provider may have', () => {
    const names = [...Object.keys(settingsSchema.shape), ...Object.keys(providerConfigSchema.shape)];
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(SETTINGS_TEMPLATE))).toEqual([]);
  });

  it('shows fallbacks in the template as they can be written', () => {
    const shown = [...SETTINGS_TEMPLATE.matchAll(/^# {3}((?:fallbacks|models): .*)$/gm)].map(
      ([, line]) => `    ${line}\n`,
    );
    const ollama = '  - id: ollama_local\n    type: ollama\n';
    const { document, warnings } = parseSettings(DEMO + shown.join('') + ollama);
    expect(warnings).toEqual([]);
    expect(document.providers[0]).toMatchObject({
      fallbacks: ['ollama_local/llama3.2', 'demo/demo'],
      models: { 'some-model': { fallbacks: ['demo/demo'] } },
    });
  });

  it('says which models are named of providers that are not there, and keeps them', () => {
    const fallbacks =
      '    fallbacks: [demo/demo, nobody/x]\n    models: { m: { fallbacks: [gone/x], fallback: [] } }\n';
    const { document, warnings } = parseSettings(`titles: { model: who/x, modell: y }\n${DEMO}${fallbacks}`);
    expect(document.providers[0]?.fallbacks).toEqual(['demo/demo', 'nobody/x']);
    expect(warnings).toEqual([
      'settings.yaml: "modell" in titles is not a known setting',
      'settings.yaml: "fallback" of a model of provider demo is not a known setting',
      'settings.yaml: titles names the provider "who", which is not there',
      'settings.yaml: a fallback of provider demo names the provider "nobody", which is not there',
      'settings.yaml: a fallback of provider demo names the provider "gone", which is not there',
    ]);
  });

  it('reads Windows line ends', () => {
    expect(parseSettings(DEMO.replaceAll('\n', '\r\n')).document.providers).toHaveLength(1);
  });

  it('keeps unknown keys and says one sentence about each', () => {
    const { document, warnings } = parseSettings(
      `colour: teal\nretry: { often: true }\n${DEMO}    organisation: acme\n    "sk canary": 1\n`,
    );
    expect(document).toMatchObject({ colour: 'teal', retry: { often: true }, providers: [{ organisation: 'acme' }] });
    expect(warnings).toEqual([
      'settings.yaml: "colour" at the top is not a known setting',
      'settings.yaml: "often" in retry is not a known setting',
      'settings.yaml: "organisation" of provider demo is not a known setting',
      'settings.yaml: a key of provider demo is not a known setting',
    ]);
  });

  it.each([
    ['an empty file', '', 1, /is empty/],
    ['comments alone', '# nothing\n', 1, /is empty/],
    ['a half-written list', 'retry: { attempts: 1\nlog_dir: null\n', 2, /./],
    ['a missing colon', 'log_dir null\nretry: {}\n', 1, /colon/],
    ['a tab', 'retry:\n\tattempts: 1\n', 2, /tab/],
    ['a list at the top', '- a\n', 1, /key: value/],
    ['a key twice', 'log_dir: null\nretry: {}\nlog_dir: null\n', 3, /"log_dir" is there twice/],
    ['a second document', 'log_dir: null\n---\nlog_dir: null\n', 2, /only one document/],
    ['YAML 1.1', '%YAML 1.1\n---\nlog_dir: null\n', 1, /1\.2/],
    ['a merge key', `base: &b { id: demo }\nproviders:\n  - <<: *b\n    type: demo\n`, 3, /not allowed/],
    ['__proto__', '__proto__:\n  polluted: true\n', 1, /not allowed/],
    ['constructor.prototype', 'x:\n  constructor:\n    prototype: { polluted: true }\n', 2, /not allowed/],
    ['a wrong type', `${DEMO}retry:\n  attempts: many\n`, 5, /^retry\.attempts: expected number/],
    ['an unknown provider type', 'providers:\n  - id: a\n    type: telepathy\n', 3, /^providers\.0\.type/],
    ['a default that is nobody', `default_provider: nobody\n${DEMO}`, 1, /^default_provider: no provider/],
    ['an id twice', `${DEMO}  - id: demo\n    type: demo\n`, 4, /^providers\.1\.id/],
    ['a host that is no address', `${DEMO}    host: file:///etc/passwd\n`, 4, /^providers\.0\.host.*http/],
    ['a host with a password', `${DEMO}    host: http://me:canary@x/\n`, 4, /^providers\.0\.host.*password/],
    ['a relative log folder', 'log_dir: logs\n', 1, /absolute/],
    ['an origin for all', 'cors_origins: ["*"]\n', 1, /^cors_origins\.0/],
    ['an alias without anchor', 'log_dir: *nowhere\n', null, /alias/],
    ['an alias in a circle', 'a: &a [*a]\n', null, /alias/],
  ])('[P7] says where and why: %s', (_, text, line, sentence) => {
    const fault = faultOf(text);
    expect(fault.message).toMatch(sentence);
    expect(fault.line).toBe(line);
    expect(fault.message).not.toContain('canary');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('[L12] refuses an alias bomb, deep nesting and masses of keys without unfolding them', () => {
    let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n';
    for (let level = 1; level < 12; level++) bomb += `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}x]\n`;
    expect(faultOf(bomb).message).toMatch(/alias/);
    expect(faultOf(`a: ${'['.repeat(2000)}${']'.repeat(2000)}`).message).toMatch(/./);
    expect(faultOf(`a: ${'['.repeat(40)}${']'.repeat(40)}`).message).toMatch(/nested deeper/);
    expect(faultOf(Array.from({ length: 12_000 }, (_, n) => `k${n}: 1`).join('\n')).message).toMatch(/more than/);
  });

  it('[L11] never quotes the file, so that a slip beside a key shows no key', () => {
    const slips = [
      'api_key:canary\nb: 1',
      'api_key: "canary\nb: 1',
      'api_key: canary: x',
      'api_key: !canary x',
      '@canary',
    ];
    for (const slip of slips) {
      const text = `providers:\n  - id: a\n    type: openai\n    ${slip.replaceAll('\n', '\n    ')}\n`;
      try {
        expect(parseSettings(text).warnings.join()).not.toContain('canary');
      } catch (error) {
        expect((error as Error).message).not.toContain('canary');
      }
    }
  });
});
