/** The last gate before the page: HTML text to nodes, through a list of what may exist. */
import createPurifier, { type Config } from 'dompurify';
import { isInlineImage, openableAddress } from './address.ts';

const tags = [
  ...['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a', 'img'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'div', 'span', 'button'],
];
/** None of them names, styles or scripts anything: no id, name, class, style, and no event handler. */
const inert = ['aria-label', 'aria-live', 'data-align', 'data-language', 'data-markdown', 'role', 'start', 'tabindex'];

const config: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: tags,
  ALLOWED_ATTR: [...inert, 'alt', 'href', 'rel', 'src', 'target', 'type'],
  ADD_URI_SAFE_ATTR: [...inert, 'rel', 'target', 'type'],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

const purifier = createPurifier(window);
purifier.addHook('uponSanitizeAttribute', (_node, attribute) => {
  const { attrName: name, attrValue: value } = attribute;
  if (name === 'href' && openableAddress(value) === null) attribute.keepAttr = false;
  if (name === 'src' && !isInlineImage(value)) attribute.keepAttr = false;
});

/** Nodes ready to be put into the page. They never go back to text, so no second parse can read them differently. */
export function sanitise(html: string): DocumentFragment {
  return purifier.sanitize(html, config);
}
