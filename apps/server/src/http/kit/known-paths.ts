/** Which methods each path takes, for whoever comes with another one. */
export interface KnownPaths {
  /** As a router has it: `/runs/:id`, `/assets/*`. */
  add(method: string, pattern: string): void;
  /** In the order in which they were added; empty when there is nothing at this path. */
  methodsAt(path: string): string[];
}

export function createKnownPaths(): KnownPaths {
  const routes: { method: string; pattern: string }[] = [];
  return {
    add(method, pattern) {
      routes.push({ method, pattern });
    },
    methodsAt(path) {
      // Made for each miss: those are rare, and a start that prepares for them is slower for everyone.
      const methods = routes.filter(({ pattern }) => toRegExp(pattern).test(path)).map(({ method }) => method);
      return [...new Set(methods)];
    },
  };
}

function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.+?()[\]{}|]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}/?$`);
}
