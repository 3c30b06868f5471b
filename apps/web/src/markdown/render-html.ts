/** One block of markdown to HTML text. Nothing the model wrote becomes markup; what is not markdown is shown as text. */
import { type MarkedOptions, Parser, Renderer, type Tokens } from 'marked';
import { isInlineImage, openableAddress } from './address.ts';
import { BLOCK_LIMIT, type Definitions, lexFully, NO_DEFINITIONS } from './bounded-lexer.ts';
import { readFence } from './fence.ts';

/** The page has a title and each message a heading: what a model calls a first heading is the third level. */
const HEADING_SHIFT = 2;
const NAME_LIMIT = 80;

/** HTML of a block that {@link splitBlocks} made, or of a tail. Never throws; too large a block is plain text. */
export function renderHtml(source: string, definitions: Definitions = NO_DEFINITIONS): string {
  const fence = readFence(source);
  if (fence) return codeHtml(fence.code, fence.language);
  if (source.length > BLOCK_LIMIT) return plainHtml(source);
  try {
    return Parser.parse(lexFully(source, definitions), options());
  } catch {
    // marked gives up on input it cannot get past; the reader still gets every word.
    return plainHtml(source);
  }
}

/** A code block with its language and a button that copies it ({@link copyCode} acts on the click). */
export function codeHtml(code: string, language: string): string {
  const name = escapeText(language.slice(0, NAME_LIMIT));
  return (
    '<div data-markdown="code">' +
    `<div data-markdown="code-bar"><span>${name || 'text'}</span>` +
    '<button type="button" data-markdown="copy" aria-live="polite">Copy</button></div>' +
    `<pre tabindex="0" role="group" aria-label="Code${name ? `, ${name}` : ''}"><code data-language="${name}">` +
    `${escapeText(code)}</code></pre></div>\n`
  );
}

function plainHtml(source: string): string {
  return `<p data-markdown="plain">${escapeText(source)}</p>\n`;
}

function options(): MarkedOptions {
  return { renderer: new SafeRenderer() };
}

class SafeRenderer extends Renderer {
  #insideLink = false;

  override html({ text, block }: Tokens.HTML | Tokens.Tag): string {
    if (block) return plainHtml(text.replace(/\n+$/, ''));
    return /^<br\s*\/?>$/i.test(text) ? '<br>' : escapeText(text);
  }

  override text(token: Tokens.Text | Tokens.Escape): string {
    if ('tokens' in token && token.tokens) return this.parser.parseInline(token.tokens);
    return escapeKeepingEntities(token.text);
  }

  override code({ text, lang }: Tokens.Code): string {
    return codeHtml(text, lang?.split(/\s/, 1)[0] ?? '');
  }

  override codespan({ text }: Tokens.Codespan): string {
    return `<code>${escapeText(text)}</code>`;
  }

  override heading({ tokens, depth }: Tokens.Heading): string {
    const level = Math.min(depth + HEADING_SHIFT, 6);
    return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
  }

  override listitem({ tokens, task }: Tokens.ListItem): string {
    return `<li${task ? ' data-markdown="task-item"' : ''}>${this.parser.parse(tokens)}</li>\n`;
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    const name = checked ? 'done' : 'to do';
    return `<span data-markdown="task" role="img" aria-label="${name}"></span>`;
  }

  override table({ header, align, rows }: Tokens.Table): string {
    const name = header
      .map((cell) => cell.text)
      .join(', ')
      .slice(0, NAME_LIMIT);
    const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td'): string => {
      const content = cells.map((cell, column) => {
        const side = align[column] ? ` data-align="${align[column]}"` : '';
        return `<${tag}${side}>${this.parser.parseInline(cell.tokens)}</${tag}>`;
      });
      return `<tr>${content.join('')}</tr>\n`;
    };
    const body = rows.length > 0 ? `<tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody>` : '';
    return (
      `<div data-markdown="table" tabindex="0" role="group" aria-label="Table: ${escapeText(name)}">` +
      `<table><thead>${row(header, 'th')}</thead>${body}</table></div>\n`
    );
  }

  override link({ href, text, tokens }: Tokens.Link): string {
    const wasInside = this.#insideLink;
    this.#insideLink = true;
    const label = this.parser.parseInline(tokens);
    this.#insideLink = wasInside;
    const address = openableAddress(href);
    if (address && !wasInside) return anchor(address, label);
    // The reader sees where it would have gone.
    return href === text ? label : `${label} (${escapeText(href)})`;
  }

  override image({ href, text }: Tokens.Image): string {
    const name = text.trim();
    if (isInlineImage(href)) return `<img src="${href}" alt="${escapeText(name)}">`;
    const label = `Image: ${escapeText(name || href)}`;
    const address = openableAddress(href);
    return address && !this.#insideLink ? anchor(address, label) : label;
  }
}

function anchor(address: string, label: string): string {
  return `<a href="${escapeText(address)}" target="_blank" rel="noopener noreferrer">${label}</a>`;
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Markdown lets a writer name characters: `&copy;` stays one, a lone `&` is a sign. */
function escapeKeepingEntities(text: string): string {
  return escapeText(text).replace(/&amp;(#\d{1,7}|#[Xx][a-fA-F0-9]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/g, '&$1;');
}
