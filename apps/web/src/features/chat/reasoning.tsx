import { ChevronRight } from 'lucide-react';

/** What a model thought before it answered: folded, because the answer is what was asked for. */
export function Reasoning({ text, live }: { text: string; live: boolean }) {
  return (
    <details className="group/reasoning text-sm">
      <summary className="inline-flex min-h-8 list-none items-center gap-1.5 rounded-sm text-muted hover:text-text [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden size={15} className="quick transition-transform group-open/reasoning:rotate-90" />
        {live ? 'Thinking…' : 'Thoughts'}
      </summary>
      <div className="mt-1 whitespace-pre-wrap border-hairline border-l-2 py-1 pl-4 text-muted leading-relaxed [overflow-wrap:anywhere]">
        {text}
      </div>
    </details>
  );
}
