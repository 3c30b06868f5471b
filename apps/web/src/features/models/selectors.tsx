import { useChoice } from '../../app/choice.ts';
import { ModelSelector } from './model-selector.tsx';
import { ProviderSelector } from './provider-selector.tsx';
import { PROBLEM_ID } from './selection-notice.tsx';
import type { Selection } from './use-selection.ts';

export function Selectors({ selection }: { selection: Selection }) {
  const { providers, provider, models, listed, modelId } = selection;
  const chooseProvider = useChoice((choice) => choice.chooseProvider);
  const chooseModel = useChoice((choice) => choice.chooseModel);
  const failed = models.isError || (providers.isError && !providers.data);
  return (
    <div className="flex min-w-0 items-center gap-0.5">
      <ProviderSelector
        providers={providers.data}
        failed={providers.isError && !providers.data}
        value={provider?.id}
        problemId={failed ? PROBLEM_ID : undefined}
        onChoose={chooseProvider}
      />
      <span aria-hidden className="text-hairline">
        /
      </span>
      <ModelSelector
        state={failed ? 'failed' : models.isSuccess ? 'ready' : 'loading'}
        models={listed}
        value={modelId}
        problemId={failed ? PROBLEM_ID : undefined}
        onChoose={(id) => provider && chooseModel(provider.id, id)}
      />
    </div>
  );
}
