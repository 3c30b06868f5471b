import { useRef } from 'react';
import { notify } from '../../app/notices.ts';
import { renameConversation } from '../../client/conversation-actions.ts';

interface RenameFieldProps {
  id: string;
  title: string;
  onDone: () => void;
}

/** Enter and leaving save, Escape does not. An empty title changes nothing. */
export function RenameField({ id, title, onDone }: RenameFieldProps) {
  const done = useRef(false);
  const finish = (text: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone();
    const next = text?.trim().slice(0, 200);
    if (!next || next === title) return;
    renameConversation(id, next).catch((fault: unknown) => {
      const why = fault instanceof Error ? ` ${fault.message}` : '';
      notify({ tone: 'danger', text: `“${title}” could not be renamed.${why}` });
    });
  };
  return (
    <input
      aria-label="Title"
      // biome-ignore lint/a11y/noAutofocus: the field appears because its user asked for it
      autoFocus
      defaultValue={title}
      maxLength={200}
      className="w-full rounded-md border border-control-border bg-raised px-2 py-1 text-sm leading-5 pointer-coarse:py-2.5"
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') finish(event.currentTarget.value);
        if (event.key === 'Escape') {
          event.preventDefault();
          finish(null);
        }
      }}
    />
  );
}
