import { useState } from 'react';

/** A pasted file should not push the answer to it out of reach. */
const LONG = { characters: 3000, lines: 24 };

export function QuestionText({ text }: { text: string }) {
  const isLong = text.length > LONG.characters || text.split('\n', LONG.lines + 1).length > LONG.lines;
  const [open, setOpen] = useState(false);
  return (
    <div className="min-w-0 max-w-[min(36rem,88%)] rounded-lg bg-bubble px-4 py-2.5 leading-relaxed">
      <div
        className={
          isLong && !open
            ? 'line-clamp-12 whitespace-pre-wrap [overflow-wrap:anywhere]'
            : 'whitespace-pre-wrap [overflow-wrap:anywhere]'
        }
      >
        {text}
      </div>
      {isLong && (
        <button
          type="button"
          aria-expanded={open}
          className="mt-1 min-h-8 font-medium text-link text-sm hover:underline pointer-coarse:min-h-11"
          onClick={() => setOpen(!open)}
        >
          {open ? 'Show less' : 'Show all'}
        </button>
      )}
    </div>
  );
}
