import { Menu, SquarePen } from 'lucide-react';
import { HealthDot } from '../features/health/health-dot.tsx';
import { Selectors } from '../features/models/selectors.tsx';
import type { Selection } from '../features/models/use-selection.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { useLayers } from './layers.ts';
import { startNewChat } from './new-chat.ts';
import { ToolButtons } from './tool-buttons.tsx';

export function Header({ selection, isWide }: { selection: Selection; isWide: boolean }) {
  const show = useLayers((layers) => layers.show);
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 px-2 wide:px-3">
      {!isWide && <IconButton label="Menu" icon={Menu} onClick={() => show('sidebar')} />}
      <Selectors selection={selection} />
      <div className="ml-auto flex shrink-0 items-center">
        <HealthDot />
        {isWide && <ToolButtons />}
        {!isWide && <IconButton label="New chat" icon={SquarePen} onClick={startNewChat} />}
      </div>
    </header>
  );
}
