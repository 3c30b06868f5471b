/** The page as a reader finds it: by its names and roles. */
import { expect, type Locator, type Page } from '@playwright/test';

export interface ChatPage {
  page: Page;
  messages: Locator;
  articles: Locator;
  /** The newest message. */
  last: Locator;
  field: Locator;
  send: Locator;
  stop: Locator;
  provider: Locator;
  model: Locator;
  conversations: Locator;
  open(url: string): Promise<void>;
  ask(text: string): Promise<void>;
  /** Text of the newest answer, without what stands around it. */
  answer(): Promise<string>;
  /** Waits until nothing is being written. */
  settled(): Promise<void>;
  /** Waits until the newest answer has more than `length` characters. */
  grownBeyond(length: number): Promise<string>;
}

export function chatPage(page: Page): ChatPage {
  const messages = page.getByRole('region', { name: 'Messages' });
  const articles = messages.getByRole('article');
  const last = articles.last();
  const chat: ChatPage = {
    page,
    messages,
    articles,
    last,
    field: page.getByRole('textbox', { name: 'Message', exact: true }),
    send: page.getByRole('button', { name: 'Send', exact: true }),
    stop: page.getByRole('button', { name: 'Stop', exact: true }),
    provider: page.getByRole('combobox', { name: 'Provider', exact: true }),
    model: page.getByRole('combobox', { name: 'Model', exact: true }),
    conversations: page.getByRole('navigation', { name: 'Conversations' }),
    async open(url) {
      await page.goto(url);
      await expect(chat.field).toBeVisible();
    },
    async ask(text) {
      await chat.field.fill(text);
      await chat.send.click();
    },
    async answer() {
      const parts = await last.locator('[data-markdown="view"]').allTextContents();
      return parts.join('').trim();
    },
    async settled() {
      await expect(chat.send).toBeVisible({ timeout: 30_000 });
      await expect(messages.locator('[aria-busy="true"]')).toHaveCount(0);
    },
    async grownBeyond(length) {
      await expect.poll(async () => (await chat.answer()).length, { intervals: [30] }).toBeGreaterThan(length);
      return chat.answer();
    },
  };
  return chat;
}
