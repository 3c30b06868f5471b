import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label' | 'title'> {
  label: string;
  icon: LucideIcon;
}

/** A button that shows only a symbol; its label is its name and its tooltip. */
export function IconButton({ label, icon: Icon, className, ...props }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        'target quick inline-grid shrink-0 place-items-center rounded-md text-muted transition-colors',
        'hover:bg-hover hover:text-text disabled:opacity-50',
        className,
      )}
      {...props}
    >
      <Icon aria-hidden size={18} strokeWidth={1.75} />
    </button>
  );
}
