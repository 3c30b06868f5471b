import type { MessagePart } from '@lightchat/protocol';
import { Shuffle } from 'lucide-react';

/** Who was asked and did not answer, and why, above the words of the one who did. */
export function FallbackNote({ fallback }: { fallback: Extract<MessagePart, { type: 'fallback' }> }) {
  return (
    <p className="flex items-start gap-2 text-sm text-subtle [overflow-wrap:anywhere]">
      <Shuffle aria-hidden size={14} className="mt-0.5 shrink-0" />
      <span>
        {fallback.model_id} did not answer, so another model did. {fallback.error.message}
      </span>
    </p>
  );
}
