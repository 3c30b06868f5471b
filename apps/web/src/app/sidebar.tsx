import { SquarePen } from 'lucide-react';
import { ConversationList } from '../features/sessions/conversation-list.tsx';
import { Button } from '../ui/button.tsx';
import { Logo } from '../ui/logo.tsx';
import { useLayers } from './layers.ts';
import { startNewChat } from './new-chat.ts';
import { followLink } from './route.ts';

export function Sidebar({ currentId }: { currentId: string | null }) {
  const close = useLayers((layers) => layers.close);
  return (
    <>
      <div className="flex h-14 shrink-0 items-center px-4">
        <a href="/" className="flex items-center gap-2.5 rounded-sm font-semibold tracking-tight" onClick={followLink}>
          <Logo /> LightChat
        </a>
      </div>
      <div className="px-3 pb-1">
        <Button
          look="accent"
          className="w-full"
          onClick={() => {
            close();
            startNewChat();
          }}
        >
          <SquarePen aria-hidden size={16} /> New chat
        </Button>
      </div>
      <ConversationList currentId={currentId} onOpen={close} />
    </>
  );
}
