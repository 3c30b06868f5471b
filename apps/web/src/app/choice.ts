/** Which provider and models this browser's user picked. Nothing picked means: whatever the server's default is now. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

interface Choice {
  providerId: string | null;
  /** The model picked last, for each provider. */
  modelIds: Record<string, string>;
  chooseProvider: (id: string) => void;
  chooseModel: (providerId: string, modelId: string) => void;
}

export const useChoice = create<Choice>()(
  persist(
    (set) => ({
      providerId: null,
      modelIds: {},
      chooseProvider: (providerId) => set({ providerId }),
      // Picking a model is picking its provider: both stay, also when the server's default moves.
      chooseModel: (providerId, modelId) =>
        set(({ modelIds }) => ({ providerId, modelIds: { ...modelIds, [providerId]: modelId } })),
    }),
    { name: 'lightchat.choice', version: 1, storage: createJSONStorage(() => localStorage) },
  ),
);
