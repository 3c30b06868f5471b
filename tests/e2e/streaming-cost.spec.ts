/** What an update of a growing answer costs must not depend on how long the answer already is. Counted, not timed. */
import { expect, test } from './support/test.ts';

interface TraceEvent {
  name: string;
  args?: { elementCount?: number };
}

const section = `## Heading

Some *text* with \`code\` and a [link](https://a.example), word after word until it is a paragraph.

- one
- two **bold**

| a | b |
|---|---|
| 1 | 2 |

\`\`\`ts
const a = compute(1, 2);
\`\`\`

`;

test('a token late in a long answer restyles the block it is in and not the answer [LC-016]', async ({
  startWith,
  chat,
}) => {
  const server = await startWith('parrot?delay=4');
  const { page } = chat;
  await chat.open(server.url);
  await chat.ask(section.repeat(60));
  await chat.grownBeyond(4000);
  const elements = await chat.last.locator('*').count();
  expect(elements, 'enough to tell the difference').toBeGreaterThan(600);

  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline'] },
  });
  const before = (await chat.answer()).length;
  await chat.grownBeyond(before + 600);
  await session.send('Tracing.end');
  await complete;
  // One or two elements are an animation's frame; the others are updates of the text, a few maybe of other parts.
  const updates = events
    .filter(({ name }) => name === 'UpdateLayoutTree')
    .map(({ args }) => args?.elementCount ?? 0)
    .filter((restyled) => restyled > 2);
  const large = updates.filter((restyled) => restyled > elements / 3);
  expect(updates.length, 'updates seen').toBeGreaterThan(5);
  expect(large.length, `of ${updates.length} updates: ${updates}`).toBeLessThan(updates.length / 4);
  await chat.stop.click();
  await chat.settled();
});
