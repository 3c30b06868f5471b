import type { ProviderInfo } from '@lightchat/protocol';
import { Select } from '../../ui/select.tsx';

interface ProviderSelectorProps {
  /** Undefined while they are loading, or when that failed. */
  providers: readonly ProviderInfo[] | undefined;
  failed: boolean;
  value: string | undefined;
  /** Id of the words that say why the chosen one does not work. */
  problemId?: string | undefined;
  onChoose: (providerId: string) => void;
}

const WORDS: Record<ProviderInfo['status'], string> = {
  ready: '',
  unknown: '',
  unreachable: ' · not reachable',
  unauthorized: ' · needs a key',
};

/** Who answers. Providers that cannot answer now are listed with the reason; choosing one shows its remedy. */
export function ProviderSelector({ providers, failed, value, problemId, onChoose }: ProviderSelectorProps) {
  const chosen = providers?.find((provider) => provider.id === value);
  const empty = providers?.length === 0;
  return (
    <Select
      label="Provider"
      value={chosen?.id ?? ''}
      disabled={!providers || empty}
      busy={!providers && !failed}
      invalid={failed || chosen?.status === 'unreachable' || chosen?.status === 'unauthorized'}
      describedBy={problemId}
      onChange={onChoose}
    >
      {!chosen && <option value="">{providers ? 'None set up' : failed ? 'Not available' : 'Loading…'}</option>}
      {providers?.map((provider) => (
        <option key={provider.id} value={provider.id} title={provider.problem}>
          {provider.name}
          {WORDS[provider.status]}
        </option>
      ))}
    </Select>
  );
}
