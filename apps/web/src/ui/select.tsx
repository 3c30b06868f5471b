import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import './select.css';

interface SelectProps {
  label: string;
  value: string;
  disabled?: boolean;
  busy?: boolean;
  /** The choice does not work at the moment. */
  invalid?: boolean;
  /** Id of the words that say why. */
  describedBy?: string | undefined;
  onChange: (value: string) => void;
  /** `option` and `optgroup` elements. */
  children: ReactNode;
  className?: string;
}

/** The platform's own select: its keyboard, its type-ahead, its picker on phones; ours in look where that is possible. */
export function Select({
  label,
  value,
  disabled,
  busy,
  invalid,
  describedBy,
  onChange,
  children,
  className,
}: SelectProps) {
  return (
    <span className={cx('relative inline-flex min-w-0', className)}>
      <select
        aria-label={label}
        title={label}
        aria-busy={busy || undefined}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        className="lc-select quick min-h-9 w-full min-w-0 truncate rounded-md border border-transparent bg-transparent py-1 pr-7 pl-2.5 font-medium text-sm transition-colors hover:bg-hover disabled:text-subtle disabled:hover:bg-transparent aria-invalid:text-warning pointer-coarse:min-h-11"
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      >
        {children}
      </select>
      <ChevronDown
        aria-hidden
        size={15}
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-2 text-subtle"
      />
    </span>
  );
}
