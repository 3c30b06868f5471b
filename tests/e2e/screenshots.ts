/** Makes the README's pictures in docs/images: `node tests/e2e/run.mjs screenshots`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, expect, type ViewportSize } from '@playwright/test';
import { startServer } from '../server/start-server.ts';
import { type ChatPage, chatPage } from './support/chat-page.ts';
import { chromiumOptions } from './support/chromium-options.ts';

const folder = fileURLToPath(new URL('../../docs/images', import.meta.url));
const earlier = ['Hello', 'How do I connect a model? Help, please'];
const settingsYaml = 'providers:\n  - { id: demo, type: demo, name: Demo }\n';

const server = await startServer({ settingsYaml });
const browser = await chromium.launch(chromiumOptions);
try {
  await mkdir(folder, { recursive: true });
  for (const text of earlier) await (await ask(text, { width: 900, height: 700 })).settled();
  await photographWriting();
  await photographFinished();
} finally {
  await browser.close();
  await server.stop();
}

/** A page of its own with a new conversation that begins with `text`. */
async function ask(text: string, viewport: ViewportSize): Promise<ChatPage> {
  const chat = chatPage(await browser.newPage({ viewport, deviceScaleFactor: 2 }));
  await chat.open(server.url);
  await expect(chat.model).toHaveValue('demo');
  await chat.ask(text);
  await chat.page.waitForURL(/\/c\//);
  return chat;
}

async function photographWriting(): Promise<void> {
  const chat = await ask('Can you show me some code?', { width: 1440, height: 900 });
  await expect.poll(() => chat.last.locator('pre').last().textContent(), { intervals: [20] }).toMatch(/(.*\n){4}/);
  await chat.page.screenshot({ path: `${folder}/chat-1440-light.png` });
  await chat.settled();
}

async function photographFinished(): Promise<void> {
  const asked = await ask('What can a message show? Try markdown', { width: 900, height: 844 });
  await asked.settled();
  for (const width of [390, 900]) {
    const viewport = { width, height: 844 };
    const chat = chatPage(await browser.newPage({ viewport, colorScheme: 'dark', deviceScaleFactor: 2 }));
    await chat.open(asked.page.url());
    await chat.last.getByRole('table').waitFor();
    await chat.messages.evaluate((element) => element.scrollTo(0, 0));
    await chat.page.screenshot({ path: `${folder}/chat-${width}-dark.png`, animations: 'disabled' });
  }
}
