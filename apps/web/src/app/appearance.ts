/** Light, dark, or as the system has it. `public/theme.js` applies the choice before the first paint. */
import { create } from 'zustand';
import { readStored, writeStored } from './stored.ts';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'lightchat.theme';

interface Appearance {
  theme: Theme;
  choose: (theme: Theme) => void;
}

export const useAppearance = create<Appearance>((set) => ({
  theme: themeIn(readStored(KEY)),
  choose: (theme) => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    writeStored(KEY, theme === 'system' ? null : theme);
    set({ theme });
  },
}));

function themeIn(stored: string | null): Theme {
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}
