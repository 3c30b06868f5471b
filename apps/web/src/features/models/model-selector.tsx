import type { ModelInfo } from '@lightchat/protocol';
import { Select } from '../../ui/select.tsx';

interface ModelSelectorProps {
  state: 'loading' | 'failed' | 'ready';
  models: readonly ModelInfo[];
  value: string | undefined;
  problemId?: string | undefined;
  onChoose: (modelId: string) => void;
}

/** Which of the provider's models answers. */
export function ModelSelector({ state, models, value, problemId, onChoose }: ModelSelectorProps) {
  const known = models.some((model) => model.id === value);
  const nothing = state === 'loading' ? 'Loading…' : state === 'failed' ? 'Not available' : 'None yet';
  return (
    <Select
      label="Model"
      value={known ? (value ?? '') : ''}
      disabled={models.length === 0}
      busy={state === 'loading'}
      invalid={state === 'failed'}
      describedBy={problemId}
      onChange={onChoose}
    >
      {!known && <option value="">{nothing}</option>}
      {models.map((model) => (
        <option key={model.id} value={model.id}>
          {model.name}
        </option>
      ))}
    </Select>
  );
}
