import { useHealth } from '../../client/queries.ts';
import { cx } from '../../ui/cx.ts';

/** A quiet dot for those who see it, and the words for those who do not. */
export function HealthDot() {
  const { data, isError, isPending } = useHealth();
  const words = isError ? 'Backend Error' : isPending ? 'Checking the backend' : 'Backend Healthy';
  const version = data && !isError ? `LightChat ${data.version}` : undefined;
  return (
    <span title={version ? `${words} · ${version}` : words} className="inline-grid size-9 shrink-0 place-items-center">
      <span className="sr-only">{words}</span>
      <span
        aria-hidden
        className={cx(
          'size-2 rounded-full quick transition-colors',
          isError ? 'bg-danger ring-4 ring-danger/20' : isPending ? 'bg-subtle' : 'bg-success',
        )}
      />
    </span>
  );
}
