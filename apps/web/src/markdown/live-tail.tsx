import { useLayoutEffect, useMemo, useRef } from 'react';
import { shownCode } from './fence.ts';
import { codeHtml, renderHtml } from './render-html.ts';
import { sanitise } from './sanitise.ts';
import type { SplitText } from './split-blocks.ts';

/** The block that is being written: an open fence as growing text, anything else parsed again at each update. */
export function LiveTail({ split }: { split: SplitText }) {
  const { tail, fence, preview, definitions } = split;
  const element = useRef<HTMLDivElement>(null);
  const source = tail.slice(0, preview);
  useLayoutEffect(() => {
    if (!fence) element.current?.replaceChildren(sanitise(renderHtml(source, definitions)));
  }, [fence, source, definitions]);
  if (fence) return <LiveCode key="code" code={shownCode(tail, fence)} language={fence.language} />;
  return (
    <>
      <div key="block" ref={element} data-markdown="block" />
      {preview < tail.length && <p data-markdown="plain">{tail.slice(preview)}</p>}
    </>
  );
}

/** One text node that grows; the code is never parsed. */
function LiveCode({ code, language }: { code: string; language: string }) {
  const element = useRef<HTMLDivElement>(null);
  const frame = useMemo(() => codeHtml('', language), [language]);
  useLayoutEffect(() => {
    element.current?.replaceChildren(sanitise(frame));
    element.current?.querySelector('code')?.append(document.createTextNode(''));
  }, [frame]);
  useLayoutEffect(() => {
    const text = element.current?.querySelector('code')?.firstChild;
    if (text instanceof Text) growText(text, code);
  });
  return <div ref={element} data-markdown="block" />;
}

function growText(text: Text, code: string): void {
  if (code.startsWith(text.data)) text.appendData(code.slice(text.length));
  else text.data = code;
}
