import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { cx } from './cx.ts';
import { IconButton } from './icon-button.tsx';

const PLACES = {
  center:
    'bg-bg inset-x-3 top-1/2 mx-auto max-h-[min(85dvh,44rem)] max-w-xl -translate-y-1/2 rounded-lg animate-[appear_180ms_var(--ease-calm)]',
  left: 'inset-y-0 left-0 bg-surface w-[min(18rem,88vw)] animate-[slide-from-left_180ms_var(--ease-calm)]',
  right: 'bg-bg inset-y-0 right-0 w-full max-w-[34rem] animate-[slide-from-right_180ms_var(--ease-calm)]',
};

interface LayerProps {
  title: string;
  /** The title is for screen readers only, and there is no bar. */
  bare?: boolean;
  place: keyof typeof PLACES;
  onClose: () => void;
  children: ReactNode;
}

/** A modal layer: keeps focus inside, closes with Escape or a click beside it, and gives focus back. */
export function Layer({ title, bare = false, place, onClose, children }: LayerProps) {
  const [opener] = useState(() => document.activeElement);
  // The dialog gives focus back only to a trigger of its own, and ours are opened from anywhere.
  const giveFocusBack = (event: Event) => {
    event.preventDefault();
    if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-[appear_120ms] bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={giveFocusBack}
          className={cx('fixed z-50 flex flex-col overflow-hidden shadow-layer outline-none', PLACES[place])}
        >
          {bare ? (
            <Dialog.Title className="sr-only">{title}</Dialog.Title>
          ) : (
            <div className="flex items-center justify-between gap-4 border-hairline border-b py-2 pr-2 pl-5">
              <Dialog.Title className="font-semibold text-base">{title}</Dialog.Title>
              <Dialog.Close asChild>
                <IconButton label="Close" icon={X} />
              </Dialog.Close>
            </div>
          )}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
