import { create } from 'zustand';

/** What lies above the page. One at a time. */
export type Layer = 'sidebar' | 'settings' | 'logs' | 'help';

interface Layers {
  open: Layer | null;
  show: (layer: Layer) => void;
  close: () => void;
}

export const useLayers = create<Layers>((set) => ({
  open: null,
  show: (open) => set({ open }),
  close: () => set({ open: null }),
}));
