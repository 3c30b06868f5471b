import { expect, numberedTokens as numbers, test } from './support/test.ts';

test('first start: the demo answers a prompt little by little, with nothing installed [LC-024] [LC-016]', async ({
  start,
  chat,
}) => {
  const server = await start();
  await chat.open(server.url);
  await expect(chat.provider.locator('option', { hasText: 'Demo' })).toHaveCount(1);
  await chat.provider.selectOption({ label: 'Demo' });
  await expect(chat.model).toHaveValue('demo');
  await chat.ask('Hello');

  const lengths = new Set<number>();
  await expect
    .poll(
      async () => {
        lengths.add((await chat.answer()).length);
        return (await chat.last.getAttribute('aria-busy')) === null && (await chat.articles.count()) === 2;
      },
      { intervals: [40] },
    )
    .toBe(true);
  expect(lengths.size, 'different lengths seen while it was written').toBeGreaterThan(4);
  await expect(chat.last).toContainText('scripted demo');
  await expect(chat.articles.first()).toContainText('Hello');
  expect(server.stderr()).not.toContain('Unexpected');
});

test('the answer is exactly what the model sent, and the next prompt takes the history along [LC-006] [CA-3]', async ({
  startWith,
  upstream,
  chat,
}) => {
  const server = await startWith('ok?tokens=60&delay=5');
  await chat.open(server.url);
  await chat.ask('First question');
  await chat.settled();
  expect(await chat.answer()).toBe(numbers(60));

  await chat.ask('Second question');
  await expect(chat.articles).toHaveCount(4);
  await chat.settled();
  const { body } = await upstream.waitFor(({ body }) => JSON.stringify(body ?? '').includes('Second question'));
  const said = (body as { messages: { role: string; content: string }[] }).messages.map(({ content }) =>
    content.trim(),
  );
  expect(said).toEqual(['First question', numbers(60), 'Second question']);
});

test('conversations are listed and can be opened again after the server was restarted [CP-6] [CA-2]', async ({
  startWith,
  chat,
}) => {
  const server = await startWith('ok?tokens=12');
  await chat.open(server.url);
  await chat.ask('The first conversation');
  await chat.settled();
  await chat.page.getByRole('button', { name: 'New chat' }).first().click();
  await expect(chat.articles).toHaveCount(0);
  await chat.ask('The second conversation');
  await chat.settled();
  await expect(chat.conversations.getByRole('link')).toHaveCount(2);

  await server.restart();
  await chat.open(server.url);
  await chat.conversations.getByRole('link', { name: 'The first conversation' }).click();
  await expect(chat.articles).toHaveCount(2);
  await expect(chat.articles.first()).toContainText('The first conversation');
  expect(await chat.answer()).toBe(numbers(12));
});

test('a finished answer looks the same live and after a reload [LC-016]', async ({ startWith, chat }) => {
  const server = await startWith('markdown?delay=10');
  await chat.open(server.url);
  await chat.ask('Show me');
  await chat.settled();
  const rendered = () => chat.last.locator('[data-markdown="view"]').innerHTML();
  const live = await rendered();
  await chat.page.reload();
  await expect(chat.articles).toHaveCount(2);
  expect(await rendered()).toBe(live);
  await expect(chat.last.getByRole('table')).toBeVisible();
  await expect(chat.last.getByRole('button', { name: 'Copy', exact: true })).toBeVisible();
});
