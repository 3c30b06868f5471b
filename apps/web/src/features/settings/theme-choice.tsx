import { type Theme, useAppearance } from '../../app/appearance.ts';

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function ThemeChoice() {
  const { theme, choose } = useAppearance();
  return (
    <fieldset className="flex w-full max-w-sm rounded-md border border-hairline bg-surface p-1">
      <legend className="sr-only">Theme</legend>
      {THEMES.map(({ value, label }) => (
        <label
          key={value}
          className="quick flex min-h-8 flex-1 cursor-pointer items-center justify-center rounded-sm px-2 text-muted text-sm transition-colors has-checked:bg-raised has-checked:font-medium has-checked:text-text has-checked:shadow-composer has-focus-visible:outline-2 has-focus-visible:outline-focus pointer-coarse:min-h-11"
        >
          <input
            type="radio"
            name="theme"
            className="sr-only"
            checked={theme === value}
            onChange={() => choose(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
