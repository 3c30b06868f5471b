import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
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
  /** `option` elements. */
  children: ReactNode;
}

/** The platform's own select: its keyboard, its type-ahead, its picker on phones; ours in look where that is possible. */
export function Select({ label, value, disabled, busy, invalid, describedBy, onChange, children }: SelectProps) {
  return (
    <span className="quick relative inline-flex min-w-18 rounded-md transition-colors has-enabled:hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-focus">
      <select
        aria-label={label}
        aria-busy={busy || undefined}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        className="lc-select min-h-9 w-full min-w-0 border-0 bg-transparent py-1 pr-8 pl-2.5 font-medium text-sm outline-none disabled:text-subtle aria-invalid:text-warning pointer-coarse:min-h-11"
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
