/** What jsdom lacks and the page uses. Import for its effect, before what is tested. */
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
// Not by `vi.stubGlobal`: a test that takes its own stubs back would take these along.
Object.assign(globalThis, {
  ResizeObserver: NoObserver,
  IntersectionObserver: NoObserver,
  CSS: { supports: (property: string) => property === 'field-sizing' },
});
window.matchMedia = (query) =>
  Object.assign(new EventTarget(), {
    matches: query.includes('pointer: fine') || query.includes('min-width'),
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });

afterEach(cleanup);
