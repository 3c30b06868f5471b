import type { Message } from '@lightchat/protocol';
import { memo, type ReactNode, useId } from 'react';
import type { Activity } from '../../client/live-run.ts';
import { messageText } from '../../client/message-text.ts';
import { MarkdownView } from '../../markdown/markdown-view.tsx';
import { cx } from '../../ui/cx.ts';
import { AnswerActivity } from './answer-activity.tsx';
import { AnswerEnd } from './answer-end.tsx';
import { CopyButton } from './copy-button.tsx';
import { FallbackNote } from './fallback-note.tsx';
import { QuestionText } from './question-text.tsx';
import { Reasoning } from './reasoning.tsx';
import { ToolCall } from './tool-call.tsx';

interface ChatMessageProps {
  message: Message;
  /** What the answer is doing; null when it is not being written. */
  activity?: Activity | null;
  stopping?: boolean;
  isLast?: boolean;
  /** Offered when the answer did not come to its own end. */
  onRetry?: (() => void) | undefined;
  /** Leads to other versions of it, where there are any. */
  versions?: ReactNode;
}

export function ChatMessage(props: ChatMessageProps) {
  return props.message.role === 'user' ? <Question {...props} /> : <Answer {...props} />;
}

/** Finished articles that are out of sight cost no layout; the browser remembers their height. */
const SETTLED = '[content-visibility:auto] [contain-intrinsic-size:auto_240px]';
const ACTIONS =
  'mt-1 flex min-h-8 items-center gap-2 text-subtle text-xs quick transition-opacity group-hover:opacity-100 focus-within:opacity-100 pointer-coarse:opacity-100';

function Question({ message, versions }: ChatMessageProps) {
  const label = useId();
  const text = messageText(message);
  return (
    <article aria-labelledby={label} className={cx('group flex flex-col items-end', SETTLED)}>
      <h2 id={label} className="sr-only">
        You
      </h2>
      <div className="flex w-full flex-row-reverse items-end gap-1">
        <QuestionText text={text} />
        <CopyButton
          text={text}
          label="Copy your text"
          className="quick opacity-0 transition-opacity focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
        />
      </div>
      {versions}
    </article>
  );
}

function Answer({ message, activity = null, stopping = false, isLast, onRetry, versions }: ChatMessageProps) {
  const label = useId();
  const live = activity !== null;
  const text = messageText(message);
  return (
    <article
      aria-labelledby={label}
      aria-busy={live || undefined}
      className={cx('group mt-4 min-w-0', live ? '[overflow-anchor:none]' : SETTLED)}
    >
      <h2 id={label} className="sr-only">
        {message.model_id ? `Answer by ${message.model_id}` : 'Answer'}
      </h2>
      <div className="flex flex-col gap-4">
        <Parts message={message} live={live} />
        {live && (
          <AnswerActivity activity={activity} stopping={stopping} since={message.created_at} model={message.model_id} />
        )}
        {!live && <AnswerEnd message={message} onRetry={onRetry} />}
      </div>
      {!live && (
        <div className={cx(ACTIONS, !isLast && !versions && 'opacity-0')}>
          {text !== '' && <CopyButton text={text} label="Copy answer" className="-mx-2" />}
          {versions}
          <span>{footnote(message)}</span>
        </div>
      )}
    </article>
  );
}

const Parts = memo(function Parts({ message, live }: { message: Message; live: boolean }) {
  const last = message.parts.length - 1;
  return message.parts.map((part, index) => {
    // Parts are only ever appended, and have no other identity.
    const key = `${part.type}-${index}`;
    const growing = live && index === last;
    if (part.type === 'text') return <MarkdownView key={key} text={part.text} live={growing} />;
    if (part.type === 'fallback') return <FallbackNote key={key} fallback={part} />;
    if (part.type === 'reasoning') return <Reasoning key={key} text={part.text} live={growing} />;
    if (part.type === 'tool-call') return <ToolCall key={key} call={part} />;
    return null; // models attach no files
  });
});

function footnote({ model_id, usage }: Message): string {
  const tokens = usage && `${usage.estimated ? 'about ' : ''}${usage.completion_tokens.toLocaleString('en')} tokens`;
  return [model_id, tokens].filter(Boolean).join(' · ');
}
