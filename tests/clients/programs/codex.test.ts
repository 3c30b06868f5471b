/** The Codex command line, which speaks responses. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, providers, saying, startGateway } from '../support/gateway.ts';
import { onPort, snippets } from '../support/snippets.ts';
import { findProgram, type Home, newHome, runProgram } from './program.ts';

const codex = findProgram('codex', 'LIGHTCHAT_TEST_CODEX') ?? '';
let on: Gateway;
let home: Home;
beforeAll(async () => {
  if (!codex) return;
  on = await startGateway();
  home = await newHome();
});
afterAll(async () => {
  await on?.stop();
  await home?.remove();
});

/** As the documentation has it. */
const [printed] = snippets('toml');

interface Item {
  type: string;
  text?: string;
  aggregated_output?: string;
}

async function ask(model: string) {
  if (!printed) throw new Error('the documentation prints no settings for Codex');
  const settings = onPort(printed.code, on.server.port).replace('demo/demo', () => model);
  await writeFile(join(home.folder, 'config.toml'), settings);
  const args = ['exec', '--json', '--skip-git-repo-check', '--sandbox', 'read-only', 'Say hello.'];
  const env = { HOME: home.folder, CODEX_HOME: home.folder };
  const outcome = await runProgram(codex, args, { cwd: home.folder, env, within_ms: 50_000 });
  const items = outcome.lines.flatMap(({ type, item }) => (type === 'item.completed' ? [item as Item] : []));
  return { ...outcome, items, types: outcome.lines.map(({ type }) => type) };
}

describe.runIf(codex).each(providers)('Codex, provider %s', { timeout: 60_000 }, (provider) => {
  it('[CP-1] gets its answer', async () => {
    const { code, items, output } = await ask(`${provider}/${saying('Hello from LightChat.')}`);
    expect(items, output).toContainEqual(
      expect.objectContaining({ type: 'agent_message', text: 'Hello from LightChat.' }),
    );
    expect(code).toBe(0);
  });

  it('[CP-8] runs a command and goes on with its output', async () => {
    const call = new URLSearchParams({ arguments: JSON.stringify({ cmd: 'echo from the tool' }) });
    const { code, items, output } = await ask(`${provider}/tool-loop?${call}`);
    const command = items.find(({ type }) => type === 'command_execution');
    expect(command?.aggregated_output, output).toBe('from the tool\n');
    const answer = items.findLast(({ type }) => type === 'agent_message');
    expect(answer?.text).toMatch(/^The tool says [\s\S]*from the tool/);
    expect(code).toBe(0);
  });

  it('[LC-008] hears that its model does not exist', async () => {
    const { code, types, output } = await ask(`${provider}/u20-no-model`);
    expect(types, output).toContain('turn.failed');
    expect(output).toContain('has no model');
    expect(code).not.toBe(0);
  });
});
