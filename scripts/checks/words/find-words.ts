/** Places that exist for everyone, such as the home of the invented user ada, may be named. */
const words: { pattern: RegExp; why: string }[] = [
  {
    pattern: /(?<![\w.$}-])\/(?:home|Users)\/(?!\.\.\.|<|\$|(?:ada|you|me|user|name)\/)[a-z][\w.-]*\//,
    why: 'a home folder',
  },
  { pattern: /(?<![\w.$}-])\/(?:root|work)\/[\w.-]+/, why: "a path of someone's machine" },
  { pattern: /[A-Z]:\\+Users\\+(?!ada|you|me|user|name)[\w.-]+/, why: 'a home folder' },
  {
    pattern: /\bregistry\.(?:npmjs|yarnpkg)\.\w+|\bregistry\.npmmirror\.com|\/artifactory\//,
    why: 'the address of a package registry',
  },
  { pattern: /\b(?:TODO|FIXME|XXX)\b/, why: 'an unfinished place' },
];

/** Each line that holds such a word, once. Lines count from 1. */
export function findWords(source: string): { line: number; why: string; text: string }[] {
  return source.split('\n').flatMap((line, index) => {
    for (const { pattern, why } of words) {
      const text = pattern.exec(line)?.[0];
      if (text !== undefined) return [{ line: index + 1, why, text }];
    }
    return [];
  });
}
