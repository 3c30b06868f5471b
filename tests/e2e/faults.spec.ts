/** Whatever a model server does wrong, the reader learns what happened, keeps what arrived, and can go on. */
import { expect, test } from './support/test.ts';

const faults: { model: string; id: string; kept: boolean; says: RegExp }[] = [
  { model: 'u7-reset', id: 'U7', kept: true, says: /connection|cut off|interrupted|closed/i },
  { model: 'u9-eof-no-finish', id: 'U9', kept: true, says: /ended|cut off|interrupted|finish/i },
  { model: 'u10-bad-json', id: 'U10', kept: true, says: /JSON|understood|readable|not|invalid/i },
  { model: 'u14-empty', id: 'U14', kept: false, says: /empty|nothing|ended|without/i },
  { model: 'u15-html', id: 'U15', kept: false, says: /HTML|web page|not an? (?:answer|model|OpenAI)/i },
  { model: 'u17-error', id: 'U17', kept: true, says: /error|problem|failed|overloaded|provider/i },
  { model: 'u19-server-error', id: 'U19', kept: false, says: /500|problem|error/i },
  { model: 'u20-no-model', id: 'U20', kept: false, says: /does not exist|not found|no model/i },
  { model: 'u21-context', id: 'U21', kept: false, says: /context|too long/i },
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
    await expect(chat.last).toContainText(/nothing|empty/i);
    await chat.settled();
  });

  test('an answer cut by the token limit says so [U23]', async ({ startWith, chat }) => {
    const server = await startWith('u23-length');
    await chat.open(server.url);
    await chat.ask('Hello');
    await expect(chat.last).toContainText(/limit/i);
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
