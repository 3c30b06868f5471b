import { describe, expect, it } from 'vitest';
import { renderHtml } from './render-html.ts';
import { finishBlocks, splitBlocks } from './split-blocks.ts';

describe('rendering a block', () => {
  const cases: Record<string, [markdown: string, html: string]> = {
    'puts headings below those of the page': ['# A\n\n### B\n\n###### C', '<h3>A</h3><h5>B</h5><h6>C</h6>'],
    'keeps line breaks': ['a\nb', '<p>a<br>b</p>'],
    'shows emphasis, strikethrough and code': [
      '*a* **b** ~~c~~ `<d>`',
      '<p><em>a</em> <strong>b</strong> <del>c</del> <code>&lt;d&gt;</code></p>',
    ],
    'shows a tag as text': ['a <b onclick="x()">b</b>', '<p>a &lt;b onclick=&quot;x()&quot;&gt;b&lt;/b&gt;</p>'],
    'allows the one tag that tables need': ['a<br>b<br/>c', '<p>a<br>b<br>c</p>'],
    'keeps entities and escapes lone signs': ['&copy; & &lt;b&gt; <', '<p>&copy; &amp; &lt;b&gt; &lt;</p>'],
    'numbers a list from where it starts': ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    'opens links elsewhere, without a way back': [
      '[a](https://a.example/x?y=1&z=2)',
      '<p><a href="https://a.example/x?y=1&amp;z=2" target="_blank" rel="noopener noreferrer">a</a></p>',
    ],
    'links bare addresses': [
      'see https://a.example.',
      '<p>see <a href="https://a.example/" target="_blank" rel="noopener noreferrer">https://a.example</a>.</p>',
    ],
    'shows where a link it will not make would go': ['[a](javascript:alert(1))', '<p>a (javascript:alert(1))</p>'],
    'does not load an image but links it': [
      '![a chart](https://a.example/c.png)',
      '<p><a href="https://a.example/c.png" target="_blank" rel="noopener noreferrer">Image: a chart</a></p>',
    ],
    'does not put a link into a link': [
      '[![a](https://a.example/c.png)](https://b.example/)',
      '<p><a href="https://b.example/" target="_blank" rel="noopener noreferrer">Image: a</a></p>',
    ],
    'shows an image that brings its own bytes': [
      '![dot](data:image/png;base64,iVBORw0KGgo=)',
      '<p><img src="data:image/png;base64,iVBORw0KGgo=" alt="dot"></p>',
    ],
    'does not show a drawing, which may hold script': ['![d](data:image/svg+xml;base64,PHN2Zz4=)', '<p>Image: d</p>'],
  };
  for (const [name, [markdown, html]] of Object.entries(cases)) {
    it(`${name} [LC-016]`, () => expect(renderHtml(markdown).replace(/\n/g, '')).toBe(html));
  }

  it('reads what follows a raw tag as if the tag were not there [L9]', () => {
    const html = renderHtml('a <pre> *b* <script> &lt;i&gt; <i>');
    expect(html).toContain('<em>b</em>');
    expect(html).not.toMatch(/<(?:pre|script|i)>/);
  });

  it('gives code a label, a button and no markup of its own [LC-016]', () => {
    const html = renderHtml('```ts onload=x\nconst a = "<b>";\n```');
    expect(html).toContain('<span>ts</span>');
    expect(html).toContain('<button type="button"');
    expect(html).toContain('const a = &quot;&lt;b&gt;&quot;;');
    expect(html).not.toContain('onload');
  });

  it('cannot be led out of an attribute by a language name [L9]', () => {
    expect(renderHtml('```"><img/src=x\ncode\n```')).not.toContain('<img');
    expect(renderHtml('| "><img/src=x |\n|---|\n| a |')).not.toContain('<img');
  });

  it('names a table by its header and aligns without style [LC-016]', () => {
    const html = renderHtml('| Left | Right |\n|:--|--:|\n| a | b |');
    expect(html).toContain('tabindex="0" role="group" aria-label="Table: Left, Right"');
    expect(html).toContain('<td data-align="right">b</td>');
    expect(html).not.toContain('style');
  });

  it('marks tasks without a form [LC-016]', () => {
    const html = renderHtml('- [ ] a\n- [x] b');
    expect(html).toContain('aria-label="to do"');
    expect(html).toContain('aria-label="done"');
    expect(html).not.toContain('<input');
  });
});

describe('hostile input', () => {
  const square = (size: number) => Math.floor(Math.sqrt(size * 2));
  const patterns: Record<string, (size: number) => string> = {
    stars: (size) => '*'.repeat(size),
    'stars and letters': (size) => '*a '.repeat(size / 3),
    'interleaved emphasis': (size) => '_a*'.repeat(size / 3),
    'strong against a wall': (size) => `http://${'**a|'.repeat(size / 4)}*`,
    tildes: (size) => 'a:~'.repeat(size / 3),
    brackets: (size) => '['.repeat(size),
    'open links': (size) => '[a]('.repeat(size / 4),
    'images in images': (size) => '!['.repeat(size / 2),
    'closed brackets': (size) => '['.repeat(size / 2) + ']'.repeat(size / 2),
    backticks: (size) => '`'.repeat(size),
    'growing backticks': (size) => Array.from({ length: square(size) }, (_, n) => '`'.repeat(n)).join(' '),
    quotes: (size) => '>'.repeat(size),
    'spaced quotes': (size) => '> '.repeat(size / 2),
    'deeper and deeper quotes': (size) => Array.from({ length: square(size) }, (_, n) => '>'.repeat(n)).join(' a\n'),
    'lists in one line': (size) => '- '.repeat(size / 2),
    'numbered lists in one line': (size) => '1. '.repeat(size / 3),
    'quoted lists': (size) => '> - '.repeat(size / 4),
    'deeper and deeper lists': (size) =>
      Array.from({ length: square(size) }, (_, n) => `${' '.repeat(n * 2)}- a`).join('\n'),
    'a list of many items': (size) => '- a\n'.repeat(size / 4),
    'a table of many rows': (size) => `| a | b |\n|---|---|\n${'| c | d |\n'.repeat(size / 10)}`,
    'a table of many columns': (size) => `${'|a'.repeat(size / 4)}|\n${'|-'.repeat(size / 4)}|\n`,
    'almost an address': (size) => `${'a.'.repeat(size / 2)}@`,
    'unclosed tags': (size) => '<a b="'.repeat(size / 6),
    'unclosed comments': (size) => '<!-- '.repeat(size / 5),
    definitions: (size) => '[a]: b\n'.repeat(size / 7),
    'a title that never ends': (size) => `[a]: b "${'c\n'.repeat(size / 2)}`,
    'empty lines': (size) => '\n'.repeat(size),
    spaces: (size) => `a${' '.repeat(size)}b`,
    'one endless word': (size) => 'a'.repeat(size),
    paragraphs: (size) => `${'*_`[ '.repeat(100)}\n\n`.repeat(size / 502),
  };

  for (const [name, make] of Object.entries(patterns)) {
    it(`does not hang the page: ${name}, 10⁴ and 10⁵ characters [LC-016]`, () => {
      for (const size of [10_000, 100_000]) {
        const started = performance.now();
        const split = finishBlocks(splitBlocks(make(size)));
        const html = split.done.map((source) => renderHtml(source, split.definitions)).join('');
        expect(split.done.join('').length).toBe(make(size).length);
        // Three bytes of markup or so per character at most, and a time that only a hang exceeds.
        expect(html.length).toBeLessThan(size * 40);
        expect(performance.now() - started).toBeLessThan(5000);
      }
    });
  }

  it('keeps every word of what it will not read as markdown', () => {
    const deep = `${'> '.repeat(100)}the end`;
    expect(renderHtml(deep)).toContain('the end');
    expect(renderHtml('_a*'.repeat(2000))).toContain('_a*_a*');
    expect(renderHtml(`${'x'.repeat(40_000)}\n`)).toContain('x'.repeat(40_000));
  });
});
