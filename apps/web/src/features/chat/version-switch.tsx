import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../../ui/icon-button.tsx';

interface VersionSwitchProps {
  id: string;
  /** All versions, oldest first. */
  versions: readonly string[];
  disabled: boolean;
  onShow: (id: string) => void;
}

/** Steps through what was asked or answered at one place. Trying again adds a version and takes none away. */
export function VersionSwitch({ id, versions, disabled, onShow }: VersionSwitchProps) {
  const at = versions.indexOf(id);
  const step = (to: string | undefined) => ({ disabled: disabled || !to, onClick: () => to && onShow(to) });
  return (
    <div className="flex items-center text-subtle text-xs">
      <IconButton label="Earlier version" icon={ChevronLeft} {...step(versions[at - 1])} />
      <span>
        <span className="sr-only">Version </span>
        {at + 1} / {versions.length}
      </span>
      <IconButton label="Later version" icon={ChevronRight} {...step(versions[at + 1])} />
    </div>
  );
}
