import type { MessagePart } from '@lightchat/protocol';
import { Wrench } from 'lucide-react';

type Call = Extract<MessagePart, { type: 'tool-call' }>;

const STATES: Record<Call['state'], string> = {
  called: 'called',
  'awaiting-approval': 'waits for approval',
  approved: 'approved',
  denied: 'denied',
  done: 'done',
  failed: 'failed',
};

/** A tool the model called, with exactly what it passed and what came back. */
export function ToolCall({ call }: { call: Call }) {
  return (
    <details className="rounded-md border border-hairline bg-surface text-sm">
      <summary className="flex min-h-9 items-center gap-2.5 rounded-md px-3 text-muted">
        <Wrench aria-hidden size={15} className="shrink-0" />
        <span className="truncate font-medium text-text">{call.name}</span>
        <span>{STATES[call.state]}</span>
      </summary>
      <div className="flex flex-col gap-2 border-hairline border-t px-3 py-2">
        <Detail label="Arguments" text={call.arguments} />
        {call.output !== undefined && <Detail label="Result" text={call.output} />}
      </div>
    </details>
  );
}

function Detail({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <div className="text-subtle text-xs">{label}</div>
      <pre className="max-h-64 overflow-auto whitespace-pre-wrap font-mono text-xs leading-relaxed [overflow-wrap:anywhere]">
        {text}
      </pre>
    </div>
  );
}
