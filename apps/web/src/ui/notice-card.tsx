import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { IconButton } from './icon-button.tsx';

/** Long enough to read and to reach the action by keyboard. */
const STAYS_MS = 10_000;

interface NoticeProps {
  text: string;
  danger: boolean;
  action?: { label: string; run: () => void } | undefined;
  onDismiss: () => void;
}

/** One short notice. Its time stands still while it is pointed at or holds the focus. */
export function NoticeCard({ text, danger, action, onDismiss }: NoticeProps) {
  const element = useRef<HTMLDivElement>(null);
  const dismiss = useRef(onDismiss);
  dismiss.current = onDismiss;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!element.current?.matches(':hover, :focus-within')) dismiss.current();
    }, STAYS_MS);
    return () => clearInterval(timer);
  }, []);

  return (
    <div
      ref={element}
      className="flex max-w-md animate-[appear_180ms_var(--ease-calm)] items-center gap-2 rounded-md border border-hairline bg-raised py-1 pr-1 pl-4 text-sm shadow-layer"
    >
      <span className={danger ? 'py-1.5 text-danger' : 'py-1.5'}>{text}</span>
      {action && (
        <button
          type="button"
          className="min-h-9 rounded-sm px-2 font-semibold text-link hover:underline"
          onClick={() => {
            action.run();
            onDismiss();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton label="Dismiss" icon={X} onClick={onDismiss} />
    </div>
  );
}
