/** An answer belongs to the server: pages come and go, and none of them sees anything else than the others. */
import { chatPage } from './support/chat-page.ts';
import { expect, numberedTokens, test } from './support/test.ts';

interface Messages {
  items: { role: string; status: string; run_id: string | null; parts: { type: string; text?: string }[] }[];
}

test('a reload in the middle of an answer goes on with it and ends with its exact text [CW-3] [LC-016]', async ({
  startWith,
  upstream,
  chat,
}) => {
  const server = await startWith('ok?tokens=150&delay=20');
  await chat.open(server.url);
  await chat.ask('Write on');
  const before = await chat.grownBeyond(80);
  await chat.page.reload();
  await expect(chat.articles).toHaveCount(2);
  const after = await chat.grownBeyond(before.length);
  expect(after.startsWith(before)).toBe(true);
  await expect(chat.last).toHaveAttribute('aria-busy', 'true');
  await chat.settled();
  expect(await chat.answer()).toBe(numberedTokens(150));
  expect(upstream.count('ok')).toBe(1);
});

test('tabs opened before and during an answer follow it live and show the same [CW-3] [C5]', async ({
  startWith,
  context,
  chat,
}) => {
  const server = await startWith('ok?tokens=200&delay=20');
  await chat.open(server.url);
  await chat.ask('Begin');
  await chat.settled();
  const address = chat.page.url();

  const earlier = chatPage(await context.newPage());
  await earlier.open(address);
  await expect(earlier.articles).toHaveCount(2);
  await chat.ask('Write on');
  await earlier.grownBeyond(40);

  const later = chatPage(await context.newPage());
  await later.open(address);
  const seenByLater = await later.grownBeyond(100);
  const whole = numberedTokens(200);
  expect(whole.startsWith(seenByLater)).toBe(true);
  expect(seenByLater.length).toBeLessThan(whole.length);
  for (const tab of [chat, earlier, later]) {
    await expect(tab.articles).toHaveCount(4);
    await tab.settled();
    expect(await tab.answer()).toBe(whole);
  }
});

test('Stop ends the answer in both tabs, on the server and at the model [CP-5] [C8]', async ({
  startWith,
  upstream,
  context,
  chat,
}) => {
  const server = await startWith('u26-endless?delay=20');
  await chat.open(server.url);
  await chat.ask('Never stop');
  await chat.grownBeyond(40);
  await expect(chat.page).toHaveURL(/\/c\//);
  const other = chatPage(await context.newPage());
  await other.open(chat.page.url());
  await other.grownBeyond(40);
  await other.stop.click();
  await chat.settled();
  await other.settled();

  const id = chat.page.url().split('/c/')[1];
  const messages = (await (await fetch(`${server.url}/api/chat/sessions/${id}/messages`)).json()) as Messages;
  const answer = messages.items.find(({ role }) => role === 'assistant');
  expect(answer?.status).toBe('stopped');
  const stored = (answer?.parts ?? []).map(({ text }) => text ?? '').join('');
  for (const tab of [chat, other]) {
    await expect(tab.last).toContainText('Stopped');
    expect(await tab.answer()).toBe(stored.trim());
  }
  const run = (await (await fetch(`${server.url}/runs/${answer?.run_id}`)).json()) as { status: string };
  expect(run.status).toBe('stopped');
  await upstream.waitFor(({ scenario, outcome }) => scenario === 'u26-endless' && outcome === 'aborted');
});

test('a server that was killed and came back leaves nothing lost: the page recovers by itself [CW-3] [P1]', async ({
  startWith,
  chat,
}) => {
  const server = await startWith('ok?tokens=400&delay=20', 'ok?tokens=7');
  await chat.open(server.url);
  await chat.ask('Write on');
  await chat.grownBeyond(150);
  await server.kill('SIGKILL');
  const shown = await chat.answer();
  await server.restart();

  const tryAgain = chat.last.getByRole('button', { name: 'Try again' });
  await expect(tryAgain).toBeVisible({ timeout: 30_000 });
  await chat.settled();
  const kept = await chat.answer();
  expect(kept.startsWith(shown), 'everything that was shown is still there').toBe(true);
  expect(numberedTokens(400).startsWith(kept)).toBe(true);
  await expect(chat.last).toContainText(/interrupted|cut off|restarted|stopped/i);

  await chat.page.reload();
  await expect(tryAgain).toBeVisible();
  expect(await chat.answer()).toBe(kept);
  await expect(chat.provider).toHaveValue('scripted');
  await chat.model.selectOption('ok?tokens=7');
  await tryAgain.click();
  await expect.poll(() => chat.answer()).toBe(numberedTokens(7));
  await chat.settled();
});

test('a prompt sent while the server is away is sent once it is back, and once only [CP-5] [C7]', async ({
  startWith,
  upstream,
  chat,
}) => {
  const server = await startWith('ok?tokens=9');
  await chat.open(server.url);
  await expect(chat.model).toHaveValue('ok?tokens=9');
  await server.kill('SIGKILL');
  await chat.ask('Keep me');
  await expect(chat.articles).toHaveCount(2);
  await expect(chat.articles.first()).toContainText('Keep me');
  await expect(chat.page.getByText('server is not answering')).toBeVisible();
  await server.restart();
  await expect.poll(() => chat.answer(), { timeout: 30_000 }).toBe(numberedTokens(9));
  await chat.settled();
  await expect(chat.page.getByText('server is not answering')).toHaveCount(0);
  expect(upstream.count('ok')).toBe(1);
});
