import { ArrowUp, Square } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { readDraft, writeDraft } from '../../app/drafts.ts';

interface PromptInputProps {
  conversationId: string | null;
  /** An answer is being made: there is something to stop, and nothing can be sent. */
  busy: boolean;
  stopping: boolean;
  /** Resolves false when the message was not stored; then the text comes back. */
  onSend: (text: string) => Promise<boolean>;
  onStop: () => void;
  /** Text to start from, by a suggestion; each new object is put in once. */
  suggestion: { text: string } | null;
}

export const COMPOSER_ID = 'composer';

/** Uncontrolled, so that a key press in a long text costs what the browser needs and nothing more. */
export function PromptInput({ conversationId, busy, stopping, onSend, onStop, suggestion }: PromptInputProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  /** Sent, and not known to be stored yet: still a part of the draft. */
  const onItsWay = useRef('');
  const draftOf = useRef(conversationId);
  draftOf.current = conversationId;
  const [draft] = useState(() => readDraft(conversationId));
  const [isBlank, setBlank] = useState(draft.trim() === '');

  const keepDraft = (text: string) => {
    setBlank(text.trim() === '');
    writeDraft(draftOf.current, [onItsWay.current, text].filter(Boolean).join('\n\n'));
  };
  const setText = (text: string) => {
    if (field.current) field.current.value = text;
    keepDraft(text);
    if (field.current) growToFit(field.current);
  };

  const send = async () => {
    const text = field.current?.value ?? '';
    if (busy || text.trim() === '') return;
    onItsWay.current = text;
    setText('');
    const sentFrom = draftOf.current;
    const stored = await onSend(text);
    onItsWay.current = '';
    // A new conversation has got its id meanwhile, and its draft another place.
    if (sentFrom !== draftOf.current) writeDraft(sentFrom, '');
    const since = field.current?.value ?? '';
    setText(stored ? since : [text, since].filter(Boolean).join('\n\n'));
    if (!stored) field.current?.focus();
  };

  useLayoutEffect(() => {
    if (field.current) growToFit(field.current);
    // On a phone the keyboard would cover the conversation that was just opened.
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each suggestion
  useEffect(() => {
    if (!suggestion) return;
    setText(suggestion.text);
    field.current?.focus();
  }, [suggestion]);

  return (
    <form
      className="flex items-end gap-2 rounded-xl border border-hairline bg-raised p-2 shadow-composer transition-colors quick focus-within:border-control-border"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        ref={field}
        id={COMPOSER_ID}
        aria-label="Message"
        placeholder="Ask anything"
        rows={1}
        defaultValue={draft}
        enterKeyHint="send"
        className="field-sizing-content max-h-[40dvh] min-h-10 min-w-0 flex-1 resize-none bg-transparent px-3 py-2 leading-6 outline-none placeholder:text-subtle"
        onInput={(event) => {
          keepDraft(event.currentTarget.value);
          growToFit(event.currentTarget);
        }}
        onKeyDown={(event) => {
          // Enter also confirms what an input method suggests; Safari says so only by the key code.
          if (event.nativeEvent.isComposing || event.keyCode === 229) return;
          if (event.key !== 'Enter' || event.shiftKey) return;
          event.preventDefault();
          void send();
        }}
      />
      {busy ? (
        <button
          type="button"
          aria-label="Stop"
          title="Stop (Esc)"
          disabled={stopping}
          className="grid size-10 shrink-0 place-items-center rounded-full bg-text text-bg hover:opacity-85 disabled:opacity-50 pointer-coarse:size-11"
          onClick={() => {
            onStop();
            field.current?.focus();
          }}
        >
          <Square aria-hidden size={14} fill="currentColor" />
        </button>
      ) : (
        <button
          type="submit"
          aria-label="Send"
          title="Send (Enter)"
          disabled={isBlank}
          className="quick grid size-10 shrink-0 place-items-center rounded-full bg-primary text-on-primary transition-colors hover:bg-primary-hover disabled:bg-hover disabled:text-subtle pointer-coarse:size-11"
        >
          <ArrowUp aria-hidden size={19} strokeWidth={2.25} />
        </button>
      )}
    </form>
  );
}

/** For browsers without `field-sizing`; the style's maximum still holds. */
function growToFit(field: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
