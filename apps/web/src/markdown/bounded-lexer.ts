/**
 * marked's lexer with a ceiling on its work. Model output is hostile input: some patterns cost marked quadratic time,
 * and deep nesting exhausts the stack. What is over a ceiling stays text.
 */
import { Lexer, Marked, type MarkedOptions, type Token, Tokenizer, type TokensList } from 'marked';

/** Characters lexed at once. A longer block is cut at a line end and its pieces are rendered on their own. */
export const BLOCK_LIMIT = 32_768;
/** Quotes and lists inside each other. */
const DEPTH_LIMIT = 24;
/** Steps that one run of inline text may cost; some 40 ms at worst. */
const INLINE_COST_LIMIT = 10_000_000;

/** Targets of reference links by normalised label. */
export type Definitions = Readonly<TokensList['links']>;
export const NO_DEFINITIONS: Definitions = Object.freeze(Object.create(null));

/** The dialect: GitHub's, and a line break in the source is one on the page, as models mean it. */
const dialect: MarkedOptions = { ...new Marked().defaults, gfm: true, breaks: true };

class PlainTagTokenizer extends Tokenizer {
  /** Tags are shown, not obeyed, so they must not change how the text after them is read. */
  override tag(source: string) {
    const { inLink, inRawBlock } = this.lexer.state;
    const token = super.tag(source);
    Object.assign(this.lexer.state, { inLink, inRawBlock });
    return token;
  }
}

class BoundedLexer extends Lexer {
  #depth = 0;

  constructor() {
    super({ ...dialect, tokenizer: new PlainTagTokenizer() });
  }

  override blockTokens(source: string, tokens?: Token[], lastParagraphClipped?: boolean): Token[];
  override blockTokens(source: string, tokens?: TokensList, lastParagraphClipped?: boolean): TokensList;
  override blockTokens(source: string, tokens: Token[] = [], lastParagraphClipped?: boolean): Token[] {
    if (this.#depth >= DEPTH_LIMIT) {
      tokens.push({ type: 'text', raw: source, text: source });
      return tokens;
    }
    this.#depth++;
    try {
      return super.blockTokens(source, tokens, lastParagraphClipped);
    } finally {
      this.#depth--;
    }
  }

  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (inlineCost(source) <= INLINE_COST_LIMIT) return super.inlineTokens(source, tokens);
    tokens.push({ type: 'text', raw: source, text: source });
    return tokens;
  }
}

/** Block structure only, inline text unread: what the splitter needs. `source` has LF line ends. */
export function lexBlocks(source: string): Token[] {
  return new BoundedLexer().blockTokens(source, []);
}

/** Blocks and their inline text. Labels that `source` does not define are looked up in `definitions`, which win. */
export function lexFully(source: string, definitions: Definitions): TokensList {
  const lexer = new BoundedLexer();
  Object.assign(lexer.tokens.links, definitions);
  return lexer.lex(source);
}

/**
 * Upper estimate of the two patterns that are quadratic in marked: emphasis marks, each of which searches the rest of
 * the run for its partner, and long stretches that might be the start of an e-mail address.
 */
function inlineCost(source: string): number {
  let marks = 0;
  let stretch = 0;
  let stretchCost = 0;
  for (let index = 0; index < source.length; index++) {
    const code = source.charCodeAt(index);
    if (code === 42 || code === 95 || code === 126) marks++;
    if (isAddressCharacter(code)) stretch++;
    else {
      stretchCost += stretch * stretch;
      stretch = 0;
    }
  }
  return 10 * marks * source.length + stretchCost + stretch * stretch;
}

/** Letters, digits, and `+ - . _`. */
function isAddressCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 46 ||
    code === 95
  );
}
