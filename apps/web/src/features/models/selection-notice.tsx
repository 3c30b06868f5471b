import { useChoice } from '../../app/choice.ts';
import { useLayers } from '../../app/layers.ts';
import { NoticeStrip } from '../../ui/notice-strip.tsx';
import { alternativeTo } from './selection.ts';
import type { Selection } from './use-selection.ts';

export const PROBLEM_ID = 'selection-problem';

/** Why the selection cannot answer, in the server's words, and what can be done; or that the demo is answering. */
export function SelectionNotice({ selection }: { selection: Selection }) {
  const { providers, provider, models } = selection;
  const choose = useChoice((choice) => choice.chooseProvider);
  const show = useLayers((layers) => layers.show);
  if (!provider) return null;

  const problem = selectionProblem(selection);
  if (problem) {
    const other = alternativeTo(provider, providers.data ?? []);
    const again = () => {
      void providers.refetch();
      void models.refetch();
    };
    return (
      <NoticeStrip
        id={PROBLEM_ID}
        tone="warning"
        action={{ label: models.isFetching ? 'Checking…' : 'Check again', run: again }}
        secondary={other && { label: `Use ${other.name}`, run: () => choose(other.id) }}
      >
        {problem}
      </NoticeStrip>
    );
  }
  if (provider.type !== 'demo') return null;
  return (
    <NoticeStrip tone="neutral" action={{ label: 'How to connect one', run: () => show('settings') }}>
      This is a scripted demo: connect a real model to get real answers.
    </NoticeStrip>
  );
}

/** Why the provider in force cannot answer; undefined when it can, or when that is not known. */
export function selectionProblem({ provider, models, listed }: Selection): string | undefined {
  if (!provider) return undefined;
  if (provider.problem && provider.status !== 'ready') return provider.problem;
  if (models.error) return models.error.message;
  if (!models.isSuccess || listed.length > 0) return undefined;
  const remedy = provider.type === 'ollama' ? ' Pull one first, for example: ollama pull llama3.2' : '';
  return `${provider.name} answers, but has no models for chatting.${remedy}`;
}
