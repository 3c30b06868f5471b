// @vitest-environment jsdom
import '../../testing/dom.ts';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useStickToEnd } from './use-stick-to-end.ts';

/** A view of 100 px on content whose height the test sets; jsdom itself lays nothing out. */
let height: number;
let top: number;
let resized: () => void;

function Transcript() {
  const { viewport, content, isAway, toEnd } = useStickToEnd();
  const attach = (element: HTMLElement | null) => {
    viewport.current = element;
    if (!element) return;
    Object.defineProperties(element, {
      clientHeight: { value: 100, configurable: true },
      scrollHeight: { get: () => height, configurable: true },
      scrollTop: {
        get: () => top,
        set: (value: number) => {
          top = Math.min(value, height - 100);
        },
        configurable: true,
      },
    });
  };
  return (
    <section ref={attach} aria-label="view">
      <div ref={content} />
      {isAway && (
        <button type="button" onClick={toEnd}>
          Jump to latest
        </button>
      )}
    </section>
  );
}

beforeEach(() => {
  height = 300;
  top = 0;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe() {}
      disconnect() {}
    },
  );
});

const grow = (by: number) =>
  act(() => {
    height += by;
    resized();
  });
const scrollTo = (value: number) => {
  top = value;
  fireEvent.scroll(screen.getByRole('region', { name: 'view' }));
};
const jump = () => screen.queryByRole('button', { name: 'Jump to latest' });

describe('[LC-016] auto-scroll that never fights the reader', () => {
  it('begins at the end and follows it', () => {
    render(<Transcript />);
    expect(top).toBe(200);
    grow(500);
    expect(top).toBe(700);
    expect(jump()).toBeNull();
  });

  it('lets go at the first step upwards, however small', () => {
    render(<Transcript />);
    scrollTo(190);
    grow(40);
    expect(top).toBe(190);
  });

  it('offers the way back once the end is out of sight, and follows again from there', () => {
    render(<Transcript />);
    scrollTo(100);
    grow(200);
    expect(top).toBe(100);
    fireEvent.click(jump() ?? document.body);
    expect(top).toBe(400);
    expect(jump()).toBeNull();
    grow(10);
    expect(top).toBe(410);
  });

  it('follows again when the reader comes back to within 80 px of the end', () => {
    render(<Transcript />);
    scrollTo(20);
    scrollTo(119);
    grow(10);
    expect(top).toBe(119);
    scrollTo(135);
    grow(10);
    expect(top).toBe(220);
  });

  it('does not take content that gets shorter for a step upwards', () => {
    render(<Transcript />);
    height = 250;
    scrollTo(150);
    grow(100);
    expect(top).toBe(250);
  });
});
