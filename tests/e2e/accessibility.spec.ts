import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, numberedTokens, test } from './support/test.ts';

async function violations(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  return result.violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target} ${html}`));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing to complain about, ${colorScheme} [CP-5]`, async ({ startWith, chat }) => {
    const server = await startWith('markdown', 'u9-eof-no-finish');
    const { page } = chat;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await chat.open(server.url);
    await expect(chat.model).toHaveValue('markdown');
    expect(await violations(page), 'an empty conversation').toEqual([]);
    await chat.ask('Show me everything');
    await chat.settled();
    await chat.model.selectOption('u9-eof-no-finish');
    await chat.ask('And now fail');
    await expect(chat.articles).toHaveCount(4);
    await chat.settled();
    expect(await violations(page), 'messages, one of them cut off').toEqual([]);
    for (const name of ['Settings', 'Logs']) {
      await page.getByRole('button', { name, exact: true }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await violations(page), name).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  });
}

test('everything can be done with the keyboard alone [CP-5]', async ({ startWith, chat }) => {
  const server = await startWith('u26-endless?delay=20', 'ok?tokens=6');
  const { page } = chat;
  const { keyboard } = page;
  await chat.open(server.url);
  await expect(chat.field).toBeFocused();
  await keyboard.type('First line');
  await keyboard.press('Shift+Enter');
  await keyboard.type('second line');
  await keyboard.press('Enter');
  await chat.grownBeyond(20);
  await expect(chat.articles.first()).toContainText('second line');
  await keyboard.press('Escape');
  await expect(chat.last).toContainText('Stopped');
  await expect(chat.field).toBeFocused();

  const reach = async (name: string, key: 'Tab' | 'Shift+Tab'): Promise<void> => {
    const reached = () =>
      page.evaluate(() => {
        const { activeElement: at } = document;
        return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
      });
    for (let presses = 0; presses < 40; presses++) {
      if ((await reached()) === name) return;
      await keyboard.press(key);
    }
    throw new Error(`"${name}" was not reached by the keyboard`);
  };
  await reach('Model', 'Shift+Tab');
  await keyboard.press('o');
  await expect(chat.model).toHaveValue('ok?tokens=6');
  await reach('Message', 'Tab');
  await keyboard.type('Again');
  await keyboard.press('Enter');
  await expect(chat.articles).toHaveCount(4);
  await chat.settled();
  expect(await chat.answer()).toBe(numberedTokens(6));

  await reach('Settings', 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Settings', exact: true })).toBeFocused();
});

test('a screen reader hears of the beginning and the end of an answer, and not of every word [CP-5]', async ({
  startWith,
  chat,
}) => {
  const server = await startWith('ok?tokens=60&delay=20');
  const { page } = chat;
  await chat.open(server.url);
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const region = element?.closest('[aria-live]:not([aria-live="off"]), [role="status"], [role="alert"]');
        if (region?.textContent) heard.push(region.textContent);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await chat.ask('Hello');
  await chat.grownBeyond(40);
  await chat.settled();
  await expect
    .poll(() => page.evaluate(() => (Reflect.get(window, 'heard') as string[]).join(' | ')))
    .toMatch(/complete/i);
  const heard = await page.evaluate(() => Reflect.get(window, 'heard') as string[]);
  expect(heard.some((text) => /generating/i.test(text))).toBe(true);
  expect(heard.filter((text) => text.includes('token3'))).toEqual([]);
});

for (const width of [390, 900, 1440]) {
  test(`nothing is wider than the window at ${width} px [CP-5]`, async ({ startWith, chat }) => {
    const server = await startWith('parrot', 'markdown');
    const { page } = chat;
    await page.setViewportSize({ width, height: 844 });
    await chat.open(server.url);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow(), 'empty').toBeLessThanOrEqual(0);
    const word = 'immeasurably'.repeat(30);
    const wide = `${word}\n\n\`${word}\`\n\n\`\`\`js\n${word}\n\`\`\`\n\n| ${'wide column | '.repeat(14)}\n|${'---|'.repeat(14)}\n\n[${word}](https://a.example/${word})\n\n# ${word}`;
    await chat.ask(wide);
    await expect(chat.articles).toHaveCount(2);
    await chat.settled();
    expect(await overflow(), 'with wide content').toBeLessThanOrEqual(0);
    const article = await chat.last.boundingBox();
    expect(article?.width ?? 0).toBeLessThanOrEqual(width);
    for (const part of ['[data-markdown="table"]', 'pre']) {
      const box = await chat.last.locator(part).first().boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0), part).toBeLessThanOrEqual(width);
    }
  });
}
