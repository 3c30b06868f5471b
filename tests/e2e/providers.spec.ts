import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closedPort, startUpstream } from '../upstream/index.ts';
import { expect, numberedTokens, settingsFor, test } from './support/test.ts';

test('a provider that cannot be reached says why and what to do [LC-014] [U1]', async ({ start, chat }) => {
  const port = await closedPort();
  const server = await start({
    settingsYaml: `default_provider: mine
providers:
  - { id: mine, type: ollama, host: "http://127.0.0.1:${port}", name: My Ollama }
  - { id: demo, type: demo, name: Demo }
`,
  });
  await chat.open(server.url);
  await expect(chat.provider).toHaveValue('mine');
  await expect(chat.provider.locator('option', { hasText: 'not reachable' })).toHaveCount(1);
  const explanation = chat.page.getByText(`127.0.0.1:${port}`).first();
  await expect(explanation).toBeVisible();
  await expect(explanation).toContainText(/start|run|serve/i);
  await expect(chat.page.getByRole('button', { name: 'Use Demo' })).toBeVisible();
});

test('a provider that appears later becomes ready without a reload [LC-014] [LC-005]', async ({ start, chat }) => {
  const port = await closedPort();
  const server = await start({
    settingsYaml: `default_provider: mine
providers:
  - { id: mine, type: ollama, host: "http://127.0.0.1:${port}", name: My Ollama, default_model: ok }
`,
  });
  await chat.open(server.url);
  await expect(chat.provider.locator('option', { hasText: 'not reachable' })).toHaveCount(1);
  const upstream = await startUpstream({ port });
  try {
    upstream.models = ['ok', 'echo'];
    await expect(chat.provider.locator('option', { hasText: 'not reachable' })).toHaveCount(0, { timeout: 40_000 });
    await expect(chat.model).toHaveValue('ok', { timeout: 20_000 });
    await chat.ask('Are you there?');
    await chat.settled();
    expect(await chat.answer()).toBe(numberedTokens(20));
  } finally {
    await upstream.close();
  }
});

test('a hand edit of settings.yaml adds a provider to the open page [LC-011]', async ({ start, upstream, chat }) => {
  const server = await start({ settingsYaml: 'providers:\n  - { id: demo, type: demo, name: Demo }\n' });
  await chat.open(server.url);
  await expect(chat.provider.locator('option')).toHaveText(['Demo']);
  upstream.models = ['ok?tokens=5'];
  const file = join(server.dirs.config, 'settings.yaml');
  const before = await readFile(file, 'utf8');
  await writeFile(file, before + settingsFor(upstream.openai_url).split('providers:\n')[1]);
  await expect(chat.provider.locator('option', { hasText: 'Scripted model server' })).toHaveCount(1);
  await chat.provider.selectOption('scripted');
  await expect(chat.model).toHaveValue('ok?tokens=5');
  await chat.ask('Hello');
  await chat.settled();
  expect(await chat.answer()).toBe(numberedTokens(5));
});

test('a broken settings.yaml is named on the page, and the last good one stays in force [LC-011] [P7]', async ({
  startWith,
  chat,
}) => {
  const server = await startWith('ok?tokens=5');
  await chat.open(server.url);
  const file = join(server.dirs.config, 'settings.yaml');
  const good = await readFile(file, 'utf8');
  await writeFile(file, `${good}\n  broken: [`);
  await expect(chat.page.getByText(/settings\.yaml/).first()).toBeVisible({ timeout: 40_000 });
  await chat.ask('Still there?');
  await chat.settled();
  expect(await chat.answer()).toBe(numberedTokens(5));
  await writeFile(file, good);
  await expect(chat.page.getByText(/settings\.yaml/)).toHaveCount(0, { timeout: 40_000 });
});
