interface SuggestionsProps {
  onPick: (text: string) => void;
}

const SUGGESTIONS = [
  { title: 'Explain an idea', text: 'Explain how a transformer model predicts the next word, in plain language.' },
  { title: 'Plan something', text: 'Plan a weekend in the mountains for two: light packing, no car.' },
  { title: 'Read some code', text: 'Explain step by step what this code does:\n\n' },
  { title: 'Improve a text', text: 'Make this paragraph shorter and clearer:\n\n' },
];

export function Greeting() {
  return (
    <div className="pt-8 pb-6 text-center">
      <p className="font-semibold text-2xl tracking-tight">{greetingAt(new Date().getHours())}</p>
      <p className="mt-1 text-muted">What would you like to think through?</p>
    </div>
  );
}

/** They fill the field and leave sending to the reader. */
export function Suggestions({ onPick }: SuggestionsProps) {
  return (
    <ul aria-label="Suggestions" className="flex flex-wrap justify-center gap-2 pt-4">
      {SUGGESTIONS.map(({ title, text }) => (
        <li key={title}>
          <button
            type="button"
            className="quick min-h-9 rounded-full border border-hairline px-3.5 text-muted text-sm transition-colors hover:border-control-border hover:bg-hover hover:text-text pointer-coarse:min-h-11"
            onClick={() => onPick(text)}
          >
            {title}
          </button>
        </li>
      ))}
    </ul>
  );
}

function greetingAt(hour: number): string {
  if (hour < 5) return 'Good night';
  if (hour < 12) return 'Good morning';
  return hour < 18 ? 'Good afternoon' : 'Good evening';
}
