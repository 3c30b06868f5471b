import { describe, expect, it } from 'vitest';
import { expandSettings } from './expand.ts';
import { parseSettings } from './parse-settings.ts';

function expand(provider: string, env: Record<string, string>) {
  const { document } = parseSettings(`default_provider: p\nproviders:\n  - id: p\n    type: openai\n${provider}`);
  const { settings, warnings } = expandSettings(document, env);
  return { provider: settings.providers[0], settings, warnings };
}

describe('references to the environment', () => {
  it('[LC-008] become the key and the host', () => {
    const written = `    host: https://\${NAME}.example/v1\n    api_key: \${KEY}\n`;
    const { provider, warnings } = expand(written, { NAME: 'gpu', KEY: ' sk-1\n' });
    expect(provider).toMatchObject({ host: 'https://gpu.example/v1', api_key: 'sk-1' });
    expect(warnings).toEqual([]);
  });

  it('give no key when the variable is unset, quietly, for the provider says it itself', () => {
    const { provider, warnings } = expand(`    api_key: \${KEY}\n`, {});
    expect(provider?.api_key).toBeNull();
    expect(warnings).toEqual([]);
  });

  it('give no key and a warning when the reference is odd, never the literal', () => {
    for (const written of [`"x-\${KEY}"`, `"\${KEY"`, `"\${not a name}"`, `\${}`]) {
      const { provider, warnings } = expand(`    api_key: ${written}\n`, {});
      expect(provider?.api_key).toBeNull();
      expect(warnings).toHaveLength(1);
    }
  });

  it('leave out a provider whose host cannot be made, and the others stay', () => {
    for (const env of [{}, { HOST: 'canary' }, { HOST: 'http://me:canary@x' }] as Record<string, string>[]) {
      const { settings, warnings } = expand(`    host: \${HOST}\n  - id: q\n    type: demo\n`, env);
      expect(settings.providers.map(({ id }) => id)).toEqual(['q']);
      expect(settings.default_provider).toBeNull();
      expect(warnings).toEqual([expect.stringMatching(/^settings\.yaml: provider p is left out: its host/)]);
      expect(warnings.join()).not.toContain('canary');
    }
  });

  it('mean nothing anywhere else', () => {
    const { provider } = expand(`    name: \${HOME}\n    system_prompt: say \${HOME}\n`, { HOME: '/root' });
    expect(provider).toMatchObject({ name: `\${HOME}`, system_prompt: `say \${HOME}` });
  });

  it('give no key when the value cannot travel in a header', () => {
    const { provider, warnings } = expand(`    api_key: \${KEY}\n`, { KEY: 'canary\r\nx-evil: 1' });
    expect(provider?.api_key).toBeNull();
    expect(warnings.join()).not.toContain('canary');
  });
});
