/** The code that README.md and the pages of docs print, to be run as it stands but for the port. */
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);
const pages = [
  'README.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export interface Snippet {
  /** For the name of a test: the page and the heading above. */
  title: string;
  language: string;
  code: string;
}

/** Every block in one of the languages that talks to the server at its usual address. */
export function snippets(...languages: string[]): Snippet[] {
  return pages.flatMap((page) => blocksOf(page, readFileSync(new URL(page, root), 'utf8'), languages));
}

/** The same with this server's port. */
export function onPort(code: string, port: number): string {
  return code.replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`);
}

function blocksOf(page: string, text: string, languages: string[]): Snippet[] {
  let heading = '';
  const found: Snippet[] = [];
  for (const [, title, language = '', code = ''] of text.matchAll(/^#+ (.*)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else if (languages.includes(language) && code.includes('127.0.0.1:8000')) {
      found.push({ title: `${page}, ${heading}`, language, code });
    }
  }
  return found;
}
