import { CircleHelp, ScrollText, Settings } from 'lucide-react';
import { IconButton } from '../ui/icon-button.tsx';
import { useLayers } from './layers.ts';

export function ToolButtons() {
  const show = useLayers((layers) => layers.show);
  return (
    <>
      <IconButton label="Logs" icon={ScrollText} onClick={() => show('logs')} />
      <IconButton label="Settings" icon={Settings} onClick={() => show('settings')} />
      <IconButton label="Keyboard shortcuts" icon={CircleHelp} onClick={() => show('help')} />
    </>
  );
}
