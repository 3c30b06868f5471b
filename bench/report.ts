/** The table that a run prints, as Markdown. */
export type Verdict = 'met' | 'MISSED' | 'WRONG ANSWERS' | 'no clean round' | '';

export interface Row {
  measure: string;
  direct?: string;
  pipe?: string;
  lightchat: string;
  /** What others took. */
  peers?: string;
  /** LightChat against the pipe, or what it adds to the direct way. */
  against: string;
  bar: string;
  verdict: Verdict;
}

/** `value` against its bar; a measure without a value, or with wrong answers, meets nothing. */
export function judge(value: number, bar: number, faults: number): Verdict {
  if (faults > 0) return 'WRONG ANSWERS';
  if (Number.isNaN(value)) return 'no clean round';
  return value <= bar ? 'met' : 'MISSED';
}

const COLUMNS = ['measure', 'upstream alone', 'bare pipe', 'LightChat', 'others', 'against', 'bar', ''];

export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.measure,
    row.direct ?? '',
    row.pipe ?? '',
    row.lightchat,
    row.peers ?? '',
    row.against,
    row.bar,
    row.verdict,
  ]);
  const widths = COLUMNS.map((title, n) => Math.max(title.length, ...cells.map((line) => line[n]?.length ?? 0)));
  const line = (values: readonly string[], pad = ' ') =>
    `| ${values.map((value, n) => value.padEnd(widths[n] ?? 0, pad)).join(' | ')} |`;
  const rule = line(
    COLUMNS.map(() => ''),
    '-',
  );
  return [line(COLUMNS), rule, ...cells.map((values) => line(values))].join('\n');
}

const number = (digits: number) => new Intl.NumberFormat('en', { maximumFractionDigits: digits });

/** `value` with as many digits as tell something, and its unit; `–` when there is none. */
export function show(value: number, unit = ''): string {
  if (Number.isNaN(value)) return '–';
  const text = number(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2).format(value);
  return unit ? `${text} ${unit}` : text;
}
