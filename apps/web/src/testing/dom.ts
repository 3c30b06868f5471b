/** What jsdom lacks and the page uses. Import for its effect, before what is tested. */
import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal('ResizeObserver', NoObserver);
vi.stubGlobal('IntersectionObserver', NoObserver);
vi.stubGlobal('CSS', { supports: () => true });
window.matchMedia = (query) =>
  Object.assign(new EventTarget(), {
    matches: query.includes('pointer: fine') || query.includes('min-width'),
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });

afterEach(cleanup);
