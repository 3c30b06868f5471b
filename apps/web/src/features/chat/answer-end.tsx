import type { Message } from '@lightchat/protocol';
import { hasOutput } from '@lightchat/protocol/has-output';
import { CircleAlert, RotateCcw } from 'lucide-react';
import { Button } from '../../ui/button.tsx';

interface AnswerEndProps {
  message: Message;
  onRetry?: (() => void) | undefined;
}

/** How an answer ended, unless it ended as it should. What arrived before stands above. */
export function AnswerEnd({ message, onRetry }: AnswerEndProps) {
  const note = noteFor(message);
  if (!note) return null;
  if (!note.bad) return <p className="text-sm text-subtle">{note.text}</p>;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-hairline bg-surface px-4 py-3 text-sm">
      <p className="flex min-w-[min(18rem,100%)] flex-1 items-start gap-2.5 [overflow-wrap:anywhere]">
        <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0 text-danger" />
        <span>{note.text}</span>
      </p>
      {onRetry && (
        <Button onClick={onRetry}>
          <RotateCcw aria-hidden size={14} /> Try again
        </Button>
      )}
    </div>
  );
}

function noteFor({ status, error, finish_reason, parts }: Message): { text: string; bad: boolean } | undefined {
  if (status === 'failed') return { text: error?.message ?? 'The answer failed.', bad: true };
  if (status === 'interrupted') {
    return {
      text: error?.message ?? 'The answer was cut off before it was finished. What had arrived is kept.',
      bad: true,
    };
  }
  if (status === 'stopped')
    return { text: hasOutput({ parts }) ? 'Stopped.' : 'Stopped before anything was written.', bad: false };
  if (finish_reason === 'length')
    return { text: 'The answer ends here because it reached its token limit.', bad: false };
  if (finish_reason === 'content_filter')
    return { text: 'The provider ended this answer because of its content rules.', bad: false };
  if (status === 'completed' && !hasOutput({ parts })) return { text: 'The model answered with nothing.', bad: false };
  return undefined;
}
