export interface Requirement {
  id: string;
  sentence: string;
  /** A user can do it today. */
  delivered: boolean;
}

/** `[LC-011]`, `[U9]` and lists such as `[LC-011, U9]`, as they stand in the names of tests. */
const brackets = /\[((?:[A-Z]{1,2}-?(?:\d+|F)\b(?:[,;]? |, ?)?)+)\]/g;

/** Every id cited in a test file, with its line (from 1). Code such as `map[U9]` counts too: name things otherwise. */
export function citedIds(source: string): { id: string; line: number }[] {
  return source.split('\n').flatMap((text, index) =>
    [...text.matchAll(brackets)].flatMap(([, list = '']) =>
      list
        .split(/[,; ]+/)
        .filter((id) => id !== '')
        .map((id) => ({ id, line: index + 1 })),
    ),
  );
}
