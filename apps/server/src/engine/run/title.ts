const LONGEST = 60;

/** Of a conversation about which nothing is known. */
export const DEFAULT_TITLE = 'New chat';

/** A conversation's title from its first prompt: the first line with words, cut at a word. No model is asked. */
export function titleFrom(prompt: string): string {
  const line = prompt
    .split('\n', 20)
    .map((text) => text.replace(/[#*`>_~]+/g, ' ').trim())
    .find((text) => text.length > 0);
  if (!line) return DEFAULT_TITLE;
  const words = [...line.slice(0, 400).replace(/\s+/g, ' ')];
  if (words.length <= LONGEST) return words.join('');
  const cut = words.slice(0, LONGEST).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > LONGEST / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
