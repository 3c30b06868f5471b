import type { Token, TokensList } from 'marked';
import { type Definitions, NO_DEFINITIONS } from './bounded-lexer.ts';

const referenceLabel = /\[([^[\]]{1,999})\]/g;

/** `known` and what `tokens` define; the first definition of a label wins. The same object when there is nothing new. */
export function addDefinitions(known: Definitions, tokens: readonly Token[]): Definitions {
  const found: TokensList['links'] = Object.create(null);
  collect(tokens, found);
  const fresh = Object.keys(found).filter((label) => !(label in known));
  if (fresh.length === 0) return known;
  return Object.freeze(Object.assign(Object.create(null), found, known));
}

/** Those of `all` that `source` may refer to, so that a block is rendered again only for a definition that concerns it. */
export function definitionsFor(source: string, all: Definitions): Definitions {
  if (all === NO_DEFINITIONS) return NO_DEFINITIONS;
  const relevant: TokensList['links'] = Object.create(null);
  for (const [, label = ''] of source.matchAll(referenceLabel)) {
    const key = label.trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase().toLowerCase();
    const target = all[key];
    if (target) relevant[key] = target;
  }
  return Object.keys(relevant).length === 0 ? NO_DEFINITIONS : relevant;
}

function collect(tokens: readonly Token[], into: TokensList['links']): void {
  for (const token of tokens) {
    if (token.type === 'def') into[token.tag] ??= { href: token.href, title: token.title };
    else if (token.type === 'list') for (const item of token.items) collect(item.tokens, into);
    else if (token.type === 'blockquote') collect(token.tokens ?? [], into);
  }
}
