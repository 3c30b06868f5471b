/** The opencode command line, which speaks chat completions through the AI SDK. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, providers, saying, startGateway } from '../support/gateway.ts';
import { onPort, snippets } from '../support/snippets.ts';
import { findProgram, type Home, newHome, runProgram } from './program.ts';

const opencode = findProgram('opencode', 'LIGHTCHAT_TEST_OPENCODE') ?? '';
let on: Gateway;
let home: Home;
beforeAll(async () => {
  if (!opencode) return;
  on = await startGateway();
  home = await newHome();
});
afterAll(async () => {
  await on?.stop();
  await home?.remove();
});

/** As the documentation has it. */
const printed = snippets('json').find(({ title }) => title.includes('opencode'));

interface Part {
  type: string;
  text?: string;
  tool?: string;
  state?: { output?: string };
}

async function ask(model: string) {
  if (!printed) throw new Error('the documentation prints no settings for opencode');
  const code = onPort(printed.code, on.server.port).replaceAll('demo/demo', () => model);
  const settings = { autoupdate: false, share: 'disabled', permission: { bash: 'allow' }, ...JSON.parse(code) };
  await writeFile(join(home.folder, 'opencode.json'), JSON.stringify(settings));
  const args = ['run', '--format', 'json', '--model', `lightchat/${model}`, 'Say hello.'];
  const env = {
    HOME: home.folder,
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  };
  const outcome = await runProgram(opencode, args, { cwd: home.folder, env, within_ms: 50_000 });
  return { ...outcome, parts: outcome.lines.flatMap(({ part }) => (part ? [part as Part] : [])) };
}

describe.runIf(opencode).each(providers)('opencode, provider %s', { timeout: 60_000 }, (provider) => {
  it('[CP-1] gets its answer', async () => {
    const { code, parts, output } = await ask(`${provider}/${saying('Hello from LightChat.')}`);
    expect(parts, output).toContainEqual(expect.objectContaining({ type: 'text', text: 'Hello from LightChat.' }));
    expect(code).toBe(0);
  });

  it('[CP-8] runs a command and goes on with its output', async () => {
    const given = { command: 'echo from the tool', description: 'Says where it is from' };
    const call = new URLSearchParams({ arguments: JSON.stringify(given) });
    const { code, parts, output } = await ask(`${provider}/tool-loop?${call}`);
    expect(parts.find(({ type }) => type === 'tool')?.state?.output, output).toContain('from the tool');
    expect(parts.findLast(({ type }) => type === 'text')?.text).toMatch(/^The tool says [\s\S]*from the tool/);
    expect(code).toBe(0);
  });

  it('[LC-008] hears that its model does not exist', async () => {
    const { output } = await ask(`${provider}/u20-no-model`);
    expect(output).toContain('has no model');
  });
});
