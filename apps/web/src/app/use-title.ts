import { useEffect, useRef } from 'react';
import { announce } from './notices.ts';

/** Names the page after its conversation; `key` changes when another one is opened, which is also said aloud. */
export function useTitle(title: string | undefined, key: string): void {
  useEffect(() => {
    document.title = title ? `${title} · LightChat` : 'LightChat';
  }, [title]);

  const shown = useRef(key);
  useEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    announce(title ?? 'New conversation');
  }, [key, title]);
}
