import { useConfigPath, useHealth, useProviders } from '../../client/queries.ts';
import { NoticeStrip } from '../../ui/notice-strip.tsx';
import { ThemeChoice } from './theme-choice.tsx';

const STATUS = {
  ready: { words: 'Ready', colour: 'bg-success' },
  unknown: { words: 'Not checked yet', colour: 'bg-subtle' },
  unreachable: { words: 'Not reachable', colour: 'bg-danger' },
  unauthorized: { words: 'Needs a key', colour: 'bg-warning' },
} as const;

const EXAMPLE = `providers:
  - id: ollama_local
    type: ollama
    host: http://127.0.0.1:11434
  - id: openai
    type: openai
    host: https://api.openai.com/v1
    api_key: \${OPENAI_API_KEY}`;

export default function SettingsPanel() {
  const health = useHealth();
  const providers = useProviders();
  const file = useConfigPath().data ?? 'settings.yaml';
  const fault = health.data?.config_error;
  return (
    <div className="flex flex-col gap-8 overflow-y-auto p-5">
      <section>
        <h3 className="pb-2 font-semibold text-sm">Appearance</h3>
        <ThemeChoice />
      </section>
      <section className="flex flex-col gap-3">
        <h3 className="font-semibold text-sm">Providers</h3>
        {fault && (
          <NoticeStrip tone="warning">
            {file}
            {fault.line === null ? '' : `, line ${fault.line}`}: {fault.message}
          </NoticeStrip>
        )}
        <ul className="flex flex-col divide-y divide-hairline rounded-md border border-hairline">
          {providers.data?.map(({ id, name, type, status, problem, default: isDefault }) => (
            <li key={id} className="flex flex-col gap-0.5 px-4 py-3 text-sm">
              <div className="flex flex-wrap items-center gap-x-2.5">
                <span aria-hidden className={`size-2 rounded-full ${STATUS[status].colour}`} />
                <span className="font-medium">{name}</span>
                <span className="text-subtle">{isDefault ? `${type} · used by default` : type}</span>
                <span className="ml-auto text-muted">{STATUS[status].words}</span>
              </div>
              {problem && <p className="pl-4.5 text-muted [overflow-wrap:anywhere]">{problem}</p>}
            </li>
          ))}
          {!providers.data && (
            <li className="px-4 py-3 text-muted text-sm">{providers.error?.message ?? 'Loading…'}</li>
          )}
        </ul>
        <p className="text-muted text-sm">
          Providers are set up in <code className="font-mono text-[0.8125rem] [overflow-wrap:anywhere]">{file}</code>. A
          saved change is in force for the next answer, without a restart.
        </p>
        <section
          aria-label="Example of settings.yaml"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it
          tabIndex={0}
          className="overflow-x-auto rounded-md border border-hairline bg-code"
        >
          <pre className="px-4 py-3 font-mono text-xs leading-relaxed">{EXAMPLE}</pre>
        </section>
      </section>
    </div>
  );
}
