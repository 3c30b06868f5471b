/** Markup that is known to be safe, as opposed to text. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Html | string | number | false | undefined | readonly Piece[];

/** A template whose values are escaped, unless they are markup themselves. `false` and `undefined` are nothing. */
export function html(parts: TemplateStringsArray, ...values: Piece[]): Html {
  let text = parts[0] ?? '';
  for (const [at, value] of values.entries()) text += markup(value) + (parts[at + 1] ?? '');
  return new Html(text);
}

/** A sentence with `code` in backticks; an empty line begins a paragraph. */
export function prose(text: string): Html {
  const paragraphs = text.split(/\n\n+/).map((paragraph) => {
    const pieces = paragraph.split('`').map((piece, at) => (at % 2 === 1 ? html`<code>${piece}</code>` : piece));
    return html`<p>${pieces}</p>`;
  });
  return html`${paragraphs}`;
}

/** The same within a line. */
export function phrase(text: string): Html {
  return html`${text.split('`').map((piece, at) => (at % 2 === 1 ? html`<code>${piece}</code>` : piece))}`;
}

function markup(value: Piece): string {
  if (value === false || value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(markup).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
