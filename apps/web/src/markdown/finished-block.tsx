import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import type { Definitions } from './bounded-lexer.ts';
import { definitionsFor } from './definitions.ts';
import { renderHtml } from './render-html.ts';
import { sanitise } from './sanitise.ts';

/**
 * Adds to a finished block what is too costly while it grows (highlighting, formulas). Called once per block with its
 * rendered element; may return a function that undoes pending work when the block goes away.
 */
export type EnrichBlock = (block: HTMLElement) => (() => void) | undefined;

/** A block that will not change any more: parsed, sanitised and put into the page once. */
export const FinishedBlock = memo(function FinishedBlock(props: {
  source: string;
  definitions: Definitions;
  enrich?: EnrichBlock;
}) {
  const { source, definitions, enrich } = props;
  const element = useRef<HTMLDivElement>(null);
  const relevant = useMemo(() => JSON.stringify(definitionsFor(source, definitions)), [source, definitions]);
  useLayoutEffect(() => {
    element.current?.replaceChildren(sanitise(renderHtml(source, JSON.parse(relevant))));
    return element.current ? enrich?.(element.current) : undefined;
  }, [source, relevant, enrich]);
  return <div ref={element} data-markdown="block" />;
});
