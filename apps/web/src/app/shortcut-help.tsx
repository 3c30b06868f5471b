import { SHORTCUTS } from './use-shortcuts.ts';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export default function ShortcutHelp() {
  return (
    <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-3 overflow-y-auto p-5 text-sm">
      {SHORTCUTS.map(({ keys, does }) => (
        <div key={keys} className="contents">
          <dt className="flex gap-1">
            {keys.split(' ').map((key) => (
              <kbd
                key={key}
                className="min-w-7 rounded-sm border border-hairline bg-surface px-1.5 py-0.5 text-center font-sans text-muted text-xs"
              >
                {isMac && key === 'Ctrl' ? '⌘' : key}
              </kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
