/** Markdown that may still be growing. The cost of an update does not depend on how long the text already is. */
import { memo, useLayoutEffect, useRef } from 'react';
import type { Definitions } from './bounded-lexer.ts';
import { copyCode } from './copy-code.ts';
import { type EnrichBlock, FinishedBlock } from './finished-block.tsx';
import { LiveTail } from './live-tail.tsx';
import { finishBlocks, type SplitText, splitBlocks } from './split-blocks.ts';
import './markdown.css';

interface MarkdownViewProps {
  /** Markdown by a model: not trusted. */
  text: string;
  /** Whether more text may be appended. */
  live: boolean;
  /** Must keep its identity between renders. */
  enrich?: EnrichBlock;
}

export function MarkdownView({ text, live, enrich }: MarkdownViewProps) {
  const element = useRef<HTMLDivElement>(null);
  // A cache and no state: the split of a text is the same whether it was reached in one step or in many.
  const cache = useRef<SplitText>(undefined);
  cache.current = splitBlocks(text, cache.current);
  const split = live ? cache.current : finishBlocks(cache.current);

  useLayoutEffect(() => {
    const current = element.current;
    current?.addEventListener('click', copyCode);
    return () => current?.removeEventListener('click', copyCode);
  }, []);

  return (
    <div ref={element} data-markdown="view">
      <FinishedBlocks sources={split.done} definitions={split.definitions} enrich={enrich} />
      {split.tail !== '' && <LiveTail split={split} />}
    </div>
  );
}

const FinishedBlocks = memo(function FinishedBlocks(props: {
  sources: readonly string[];
  definitions: Definitions;
  enrich?: EnrichBlock;
}) {
  const { sources, definitions, enrich } = props;
  // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever appended, and a block has no other identity
  return sources.map((source, index) => <FinishedBlock key={index} {...{ source, definitions, enrich }} />);
});
