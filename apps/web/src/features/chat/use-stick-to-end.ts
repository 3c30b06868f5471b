/** Keeps the end of a growing transcript in view, for as long as its reader is there, and never otherwise. */
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** This close to the end counts as being there. */
const NEAR_PX = 80;

export interface StickToEnd {
  viewport: RefObject<HTMLElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** The reader is elsewhere, and the end is out of sight. */
  isAway: boolean;
  /** Goes to the end and stays there. */
  toEnd: () => void;
}

export function useStickToEnd(): StickToEnd {
  const viewport = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [isAway, setAway] = useState(false);

  useLayoutEffect(() => {
    const view = viewport.current;
    const inner = content.current;
    if (!view || !inner) return;
    let top = view.scrollTop;
    const distance = () => view.scrollHeight - view.clientHeight - view.scrollTop;
    const onResize = () => {
      if (sticks.current && distance() > 0) view.scrollTop = view.scrollHeight;
      top = view.scrollTop;
      setAway(!sticks.current && distance() > NEAR_PX);
    };
    const onScroll = () => {
      const gap = distance();
      // Upwards with room below is the reader's own doing; upwards to the very end is the content getting shorter.
      if (view.scrollTop < top && gap > 1) sticks.current = false;
      else if (view.scrollTop > top && gap <= NEAR_PX) sticks.current = true;
      top = view.scrollTop;
      setAway(!sticks.current && gap > NEAR_PX);
    };
    const sizes = new ResizeObserver(onResize);
    sizes.observe(view);
    sizes.observe(inner);
    view.addEventListener('scroll', onScroll, { passive: true });
    onResize();
    return () => {
      sizes.disconnect();
      view.removeEventListener('scroll', onScroll);
    };
  }, []);

  const toEnd = useCallback(() => {
    sticks.current = true;
    setAway(false);
    if (viewport.current) viewport.current.scrollTop = viewport.current.scrollHeight;
  }, []);

  return { viewport, content, isAway, toEnd };
}
