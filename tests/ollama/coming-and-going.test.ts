import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProviderInfo } from '@lightchat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';
import { createOllama, type Ollama } from './ollama-server.ts';
import { getJson, postJson, settingsFor } from './product.ts';
import { brief, createToyModels, thoughtful } from './toy-models.ts';
import { until } from './until.ts';

let ollama: Ollama;
let server: TestServer;

beforeAll(async () => {
  ollama = await createOllama();
  server = await startServer({ settingsYaml: settingsFor(ollama.url) });
});
afterAll(async () => {
  await server?.stop();
  await ollama?.dispose();
});

async function provider(id: string): Promise<ProviderInfo | undefined> {
  return (await getJson<ProviderInfo[]>(server, '/providers')).find((one) => one.id === id);
}

describe('an Ollama that comes and goes', () => {
  it('[U1] while it is not there it is unreachable, and the scripted demo answers', async () => {
    await until('it is seen as away', async () => (await provider('ollama'))?.status === 'unreachable', server.stderr);
    expect(await postJson(server, '/chat/wait', { prompt: 'hi' })).toMatchObject({ provider_id: 'demo' });
  });

  it('[LC-004] started after LightChat it is noticed without a restart and becomes the default', async () => {
    await ollama.start();
    await createToyModels(ollama);
    await until('it is ready', async () => (await provider('ollama'))?.status === 'ready', server.stderr);
    expect(await provider('ollama')).toMatchObject({ default: true });
    expect(await postJson(server, '/chat/wait', { prompt: 'hi' })).toMatchObject({
      provider_id: 'ollama',
      model_id: brief.name,
      final_output: brief.says,
    });
  });

  it('[LC-011] a hand edit of settings.yaml is in force for the next answer', async () => {
    const file = join(server.dirs.config, 'settings.yaml');
    const edited = (await readFile(file, 'utf8'))
      .replace('name: Real Ollama', 'name: Edited by hand')
      .replace(`default_model: ${brief.name}`, `default_model: ${thoughtful.name}`);
    await writeFile(file, edited);
    await until('the edit is seen', async () => (await provider('ollama'))?.name === 'Edited by hand', server.stderr);
    expect(await postJson(server, '/chat/wait', { prompt: 'hi', provider_id: 'ollama' })).toMatchObject({
      model_id: thoughtful.name,
      final_output: thoughtful.says,
    });
  });

  it('[P7] a broken edit leaves the last good settings in force and is named', async () => {
    const file = join(server.dirs.config, 'settings.yaml');
    await writeFile(file, 'providers: [');
    const health = () => getJson<{ status: string; config_error?: object }>(server, '/health');
    await until('the fault is seen', async () => (await health()).config_error !== undefined, server.stderr);
    expect(await postJson(server, '/chat/wait', { prompt: 'hi', provider_id: 'ollama' })).toMatchObject({
      final_output: thoughtful.says,
    });
  });
});
