// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenToChanges } from './changes.ts';

let connections: ReadableStreamDefaultController<Uint8Array>[];
let stop: () => void;
const listener = { onChange: vi.fn(), onOpen: vi.fn(), onLost: vi.fn() };

beforeEach(() => {
  connections = [];
  for (const spy of Object.values(listener)) spy.mockReset();
  vi.stubGlobal('fetch', async (_path: string, { signal }: { signal: AbortSignal }) => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        connections.push(controller);
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return new Response(stream);
  });
});
afterEach(() => {
  stop();
  show('visible');
  vi.unstubAllGlobals();
});

function show(state: 'visible' | 'hidden') {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}
const say = (text: string) => connections.at(-1)?.enqueue(new TextEncoder().encode(text));

describe('listening to changes', () => {
  it('hands over each change and nothing else', async () => {
    stop = listenToChanges(listener);
    await vi.waitFor(() => expect(listener.onOpen).toHaveBeenCalledOnce());
    say(
      'retry: 1000\n\n: heartbeat\n\nevent: other\ndata: {}\n\nevent: change\ndata: {"type":"providers-changed"}\n\n',
    );
    await vi.waitFor(() => expect(listener.onChange).toHaveBeenCalledExactlyOnceWith({ type: 'providers-changed' }));
  });

  it('says when the connection broke, comes back by itself, and says that changes may have been missed', async () => {
    stop = listenToChanges(listener);
    await vi.waitFor(() => expect(listener.onOpen).toHaveBeenCalledOnce());
    connections[0]?.error(new TypeError('network error'));
    await vi.waitFor(() => expect(listener.onLost).toHaveBeenCalledOnce());
    window.dispatchEvent(new Event('online'));
    await vi.waitFor(() => expect(listener.onOpen).toHaveBeenCalledTimes(2));
  });

  it('[C10] is open only while the page is visible, and a page that hides has lost nothing', async () => {
    stop = listenToChanges(listener);
    await vi.waitFor(() => expect(listener.onOpen).toHaveBeenCalledOnce());
    show('hidden');
    expect(() => say(': x\n\n')).toThrow();
    show('visible');
    await vi.waitFor(() => expect(listener.onOpen).toHaveBeenCalledTimes(2));
    expect(connections).toHaveLength(2);
    expect(listener.onLost).not.toHaveBeenCalled();
  });
});
