/** Whatever a model server does wrong, the reader learns what happened, keeps what arrived, and can go on. */
import { expect, test } from './support/test.ts';

const faults: { model: string; id: string; kept: boolean; says: RegExp }[] = [
  { model: 'u7-reset', id: 'U7', kept: true, says: /connection to .+ broke/i },
  { model: 'u9-eof-no-finish', id: 'U9', kept: true, says: /without finishing|incomplete/i },
  { model: 'u10-bad-json', id: 'U10', kept: true, says: /not valid JSON/i },
  { model: 'u14-empty', id: 'U14', kept: false, says: /empty answer/i },
  { model: 'u15-html', id: 'U15', kept: false, says: /web page .*instead of/i },
  { model: 'u17-error', id: 'U17', kept: true, says: /disconnected/i },
  { model: 'u19-server-error', id: 'U19', kept: false, says: /\(500\).*had a problem/i },
  { model: 'u20-no-model', id: 'U20', kept: false, says: /has no model/i },
  { model: 'u21-context', id: 'U21', kept: false, says: /longer than the model can read/i },
];

test.describe('an answer that goes wrong', () => {
  for (const { model, id, kept, says } of faults) {
    test(`${model}: the page says so, keeps what came, and offers to try again [LC-007] [CA-6] [${id}]`, async ({
      startWith,
      chat,
    }) => {
      const server = await startWith(model);
      await chat.open(server.url);
      await chat.ask('Hello');
      await expect(chat.articles).toHaveCount(2);
      await chat.settled();
      await expect(chat.last.getByRole('button', { name: 'Try again' })).toBeVisible();
      const answer = await chat.answer();
      expect(answer).toBe(kept ? 'token0 token1 token2' : '');
      const told = ((await chat.last.textContent()) ?? '').replace(answer, '');
      expect(told).toMatch(says);
      expect(told).not.toMatch(/<[a-z]+|undefined|\[object|\bat .+:\d+:\d+/i);

      await chat.page.reload();
      await expect(chat.last).toContainText(says);
      expect(await chat.answer()).toBe(answer);
    });
  }

  test('an answer without a word says that it is one [U14]', async ({ startWith, chat }) => {
    const server = await startWith('u14-empty?kind=stop');
    await chat.open(server.url);
    await chat.ask('Hello');
    await expect(chat.last).toContainText('empty answer');
    await chat.settled();
  });

  test('an answer cut by the token limit says so [U23]', async ({ startWith, chat }) => {
    const server = await startWith('u23-length');
    await chat.open(server.url);
    await chat.ask('Hello');
    await expect(chat.last).toContainText('token limit');
    expect(await chat.answer()).toBe('token0 token1 token2');
  });

  test('a model that has to be loaded first is waited for, and the page says for what [U3]', async ({
    startWith,
    chat,
  }) => {
    const server = await startWith('cold?wait=1500');
    await chat.open(server.url);
    await chat.ask('Hello');
    await expect(chat.last).toContainText(/waiting|loading/i);
    await chat.settled();
    expect(await chat.answer()).toBe('token0 token1 token2');
  });
});
