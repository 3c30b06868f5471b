import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from './render-html.ts';
import { finishBlocks, type SplitText, splitBlocks } from './split-blocks.ts';

/** Feeds `text` in the pieces that `cuts` makes (cycled lengths) and hands every state to `visit`. */
function feed(text: string, cuts: readonly number[], visit?: (split: SplitText) => void): SplitText {
  let split: SplitText | undefined;
  let end = 0;
  for (let step = 0; end < text.length; step++) {
    end = Math.min(text.length, end + (cuts[step % cuts.length] ?? 1));
    split = splitBlocks(text.slice(0, end), split);
    visit?.(split);
  }
  return finishBlocks(split ?? splitBlocks(''));
}

function render(split: SplitText): string {
  return tidy(split.done.map((source) => renderHtml(source, split.definitions)).join(''));
}

function renderWhole(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n');
  return tidy(renderHtml(lines));
}

/** Line ends between blocks and at the end of one mean nothing in HTML. */
function tidy(html: string): string {
  return html
    .replace(/\n+(<\/(?:code|p|li|h\d)>)/g, '$1')
    .replace(/>\s+</g, '><')
    .trim();
}

const documents: Record<string, string> = {
  'nested fences':
    '````md\n```js\nlet a;\n```\n````\n\nafter\n\n~~~\n```\n~~~\n\n- item\n\n  ```sh\n  ls\n\n  pwd\n  ```\n- b\n',
  'an indented fence': 'a\n  ```py\n  x = 1\n    y = 2\n ```\nb\n',
  'an open fence': 'text\n\n```js\nconst a = 1;\n\n# not a heading\n',
  'a fence closed by the last line': 'a\n\n```\ncode\n```',
  'a loose list': '- a\n\n- b\n\n  more of b\n\n      code in b\n\n- c\n\nend\n',
  'a list that turns loose late': '- a\n- b\n- c\n\n- d\n',
  'ordered lists': '3. three\n4. four\n   - nested\n     1. deep\n\n   continued\n1) other\n',
  'setext headings': 'Title\nof two lines\n===\n\nSub\n---\ntext\n\n---\n',
  'lazy quotes': '> quoted\nlazy\n> > deeper\nlazy too\n\n> other\n\ntext\n',
  'indented code': 'para\n    not code\n\n    code\n\n    more code\n\npara\n',
  'HTML blocks':
    '<div>\n*not emphasis*\n</div>\n\n*emphasis*\n\n<!-- a\n\ncomment -->\n\n<script>\n\nalert(1)\n</script>\ntext <b>x</b>\n',
  'reference links':
    'See [one] and [two][2] and [none].\n\n- [one]\n\n[one]: https://one.example "One"\n[2]: <https://two.example>\n  "Two"\n\n[one] again\n',
  'a definition whose title comes late': '[a]: https://a.example\n"a title\non two lines"\n\n[a]\n',
  'what looks like a title': '[a]: https://a.example\n"no title\n\n[a]\n',
  tables: 'text\n| a | b |\n|---|:-:|\n| 1 | `x|y` |\n| 2 |\nend of table\n\n| no | table |\n',
  'a table below a paragraph': 'one\ntwo | three\n--- | ---\n4 | 5\n\nend\n',
  'CRLF line ends': 'a\r\n\r\n- b\r\n- c\r\n\r\n```\r\ncode\r\n```\r\nend\r\n',
  'lone CR line ends': 'a\rb\r\r# c\r',
  'task lists': '- [ ] a\n- [x] b\n  - [ ] c\n\n1. [x] d\n',
  'blank lines with spaces': 'a\n   \n\t\nb\n \n    code\n  \n',
};

describe('splitting markdown into blocks', () => {
  for (const [name, text] of Object.entries(documents)) {
    it(`gives ${name} the meaning of the whole document, however it arrives [LC-016]`, () => {
      for (const cuts of [[1], [2], [3, 1], [7], [text.length]])
        expect(render(feed(text, cuts))).toBe(renderWhole(text));
    });
  }

  // marked lets a definition's title run on through fences and blank lines, which CommonMark forbids: no lone quote here.
  const line = fc.constantFrom(
    ...Object.values(documents)
      .flatMap((text) => text.split(/(?<=\n)/))
      .filter((each) => (each.split('"').length - 1) % 2 === 0),
    ...[
      '\n',
      '\n',
      '\n',
      '\n',
      '- a\n',
      '  - b\n',
      '    c\n',
      '> q\n',
      '```\n',
      '~~~\n',
      '# h\n',
      '***\n',
      '1. x\n',
      '-\n',
    ],
    ...[
      '===\n',
      '---\n',
      '| a |\n',
      '| - |\n',
      '<div>\n',
      '</div>\n',
      '<b>\n',
      '[x]: /y\n',
      '"t"\n',
      '\ta\n',
      'word\n',
      'a  \n',
    ],
  );
  const text = fc.array(line, { minLength: 1, maxLength: 24 }).map((lines) => lines.join(''));
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });

  it('agrees with a parse of the whole document for any text in any pieces [LC-016]', () => {
    fc.assert(
      fc.property(text, cuts, (document, sizes) => {
        expect(render(feed(document, sizes))).toBe(renderWhole(document));
      }),
      { seed: 20261121, numRuns: Number(process.env.MARKDOWN_RUNS ?? 400) },
    );
  });

  it('never changes a block it has called finished, and loses no character', () => {
    fc.assert(
      fc.property(text, cuts, (document, sizes) => {
        let before: readonly string[] = [];
        feed(document, sizes, (split) => {
          expect(split.done.slice(0, before.length)).toEqual(before);
          const settled = split.text.replace(/\r$/, '').replace(/\r\n?/g, '\n');
          expect(split.done.join('') + split.tail).toBe(settled);
          before = split.done;
        });
      }),
      { seed: 7, numRuns: Number(process.env.MARKDOWN_RUNS ?? 200) },
    );
  });

  it('starts again when the text is not a continuation', () => {
    const first = splitBlocks('# One\n\ntext\n\nmore');
    expect(splitBlocks('# Two\n\nother\n\nmore', first)).toEqual(splitBlocks('# Two\n\nother\n\nmore'));
  });

  it('answers the same text with the same state', () => {
    const first = splitBlocks('a\n\nb');
    expect(splitBlocks('a\n\nb', first)).toBe(first);
  });
});

describe('the cost of a growing answer', () => {
  const paragraph = `${'Some words that make a line of prose. '.repeat(6)}\n\n`;
  const kinds: Record<string, string> = {
    paragraphs: paragraph,
    'one long list': '- an item with some words in it\n',
    'one long table': '| a cell | another cell |\n',
    'one long quote': '> some words of a quotation\n',
    'one long open fence': 'const value = compute(1, 2, 3);\n',
    'lists and code': `- item\n- item\n\n\`\`\`js\nlet a;\n\`\`\`\n\n${paragraph}`,
  };
  const openings: Record<string, string> = {
    'one long table': '| a | b |\n|---|---|\n',
    'one long open fence': '```js\n',
  };

  for (const [name, unit] of Object.entries(kinds)) {
    it(`does not grow with its length: ${name} [LC-016]`, () => {
      const lexedPerCharacter = (length: number): number => {
        const text = (openings[name] ?? '') + unit.repeat(Math.ceil(length / unit.length));
        let lexed = 0;
        let split: SplitText | undefined;
        for (let end = 4; end < text.length; end += 4) {
          split = splitBlocks(text.slice(0, end), split);
          lexed = split.lexedCharacters;
        }
        return lexed / text.length;
      };
      const short = lexedPerCharacter(6_000);
      const long = lexedPerCharacter(24_000);
      expect(long).toBeLessThan(Math.max(16, short * 1.5));
      expect(long).toBeLessThan(120);
    });
  }

  it('lexes nothing while a fence is open', () => {
    const open = splitBlocks('```js\n');
    const later = splitBlocks(`\`\`\`js\n${'let a = 1;\n'.repeat(1000)}`, open);
    expect(later.lexedCharacters).toBe(open.lexedCharacters);
  });
});
