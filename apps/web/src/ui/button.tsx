import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

const LOOKS = {
  primary: 'bg-primary text-on-primary hover:bg-primary-hover',
  quiet: 'border border-control-border text-text hover:bg-hover',
  accent: 'bg-accent text-on-accent hover:brightness-95',
};

interface ButtonProps extends ComponentProps<'button'> {
  look?: keyof typeof LOOKS;
}

export function Button({ look = 'quiet', className, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(
        'quick inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3 py-1 font-medium text-sm',
        'transition-[background-color,filter] disabled:opacity-50 pointer-coarse:min-h-11',
        LOOKS[look],
        className,
      )}
      {...props}
    />
  );
}
