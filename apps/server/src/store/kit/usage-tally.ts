/** Adds answers up by day, provider and model, and such sums to fewer groups. */
import type { UsageCount, UsageDimension, UsageItem } from '@lightchat/protocol';
import type { UsageEntry } from '../../engine/ports.ts';
import { addTo, type MedianSketch, medianOf, mergeInto } from './median-sketch.ts';

interface Times {
  count: number;
  sum: number;
  sketch: MedianSketch;
}

export interface Tally {
  day: string;
  provider_id: string;
  model_id: string;
  answers: number;
  failures: number;
  stopped: number;
  prompt_tokens: number;
  completion_tokens: number;
  estimated_tokens: number;
  duration: Times;
  first_output: Times;
}

export interface TalliedAnswer {
  status: UsageEntry['status'];
  /** null: nothing was counted. */
  prompt_tokens: number | null;
  completion_tokens: number | null;
  estimated: boolean;
  duration_ms: number;
  first_output_ms: number | null;
}

export function newTally(day: string, provider_id: string, model_id: string): Tally {
  return {
    day,
    provider_id,
    model_id,
    answers: 0,
    failures: 0,
    stopped: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    estimated_tokens: 0,
    duration: { count: 0, sum: 0, sketch: new Map() },
    first_output: { count: 0, sum: 0, sketch: new Map() },
  };
}

export function tallyAnswer(tally: Tally, answer: TalliedAnswer): void {
  const prompt = answer.prompt_tokens ?? 0;
  const completion = answer.completion_tokens ?? 0;
  tally.answers += 1;
  if (answer.status === 'stopped') tally.stopped += 1;
  else if (answer.status !== 'completed') tally.failures += 1;
  tally.prompt_tokens += prompt;
  tally.completion_tokens += completion;
  if (answer.estimated) tally.estimated_tokens += prompt + completion;
  addTime(tally.duration, answer.duration_ms);
  if (answer.first_output_ms !== null) addTime(tally.first_output, answer.first_output_ms);
}

/** All tallies together, and in groups by what `by` names, ordered by day, then by tokens. */
export function summariseTallies(
  tallies: readonly Tally[],
  by: readonly UsageDimension[],
): { totals: UsageCount; items: UsageItem[] } {
  const total = newTally('', '', '');
  const groups = new Map<string, Tally>();
  const withModel = by.includes('model');
  for (const tally of tallies) {
    const day = by.includes('day') ? tally.day : '';
    const provider_id = withModel || by.includes('provider') ? tally.provider_id : '';
    const model_id = withModel ? tally.model_id : '';
    const key = JSON.stringify([day, provider_id, model_id]);
    const group = groups.get(key) ?? newTally(day, provider_id, model_id);
    groups.set(key, group);
    merge(group, tally);
    merge(total, tally);
  }
  const items = [...groups.values()].sort(inOrder).map((group): UsageItem => {
    const { day, provider_id, model_id } = group;
    return {
      ...(day && { day }),
      ...(provider_id && { provider_id }),
      ...(model_id && { model_id }),
      ...countOf(group),
    };
  });
  return { totals: countOf(total), items };
}

function addTime(times: Times, ms: number): void {
  times.count += 1;
  times.sum += ms;
  addTo(times.sketch, ms);
}

function merge(into: Tally, from: Tally): void {
  into.answers += from.answers;
  into.failures += from.failures;
  into.stopped += from.stopped;
  into.prompt_tokens += from.prompt_tokens;
  into.completion_tokens += from.completion_tokens;
  into.estimated_tokens += from.estimated_tokens;
  for (const name of ['duration', 'first_output'] as const) {
    into[name].count += from[name].count;
    into[name].sum += from[name].sum;
    mergeInto(into[name].sketch, from[name].sketch);
  }
}

function inOrder(a: Tally, b: Tally): number {
  const names = (tally: Tally) => `${tally.provider_id}/${tally.model_id}`;
  if (a.day !== b.day) return a.day < b.day ? -1 : 1;
  const tokens = tokensOf(b) - tokensOf(a);
  return tokens === 0 ? (names(a) < names(b) ? -1 : 1) : tokens;
}

function tokensOf({ prompt_tokens, completion_tokens }: Tally): number {
  return prompt_tokens + completion_tokens;
}

function countOf(tally: Tally): UsageCount {
  const { answers, failures, stopped, prompt_tokens, completion_tokens, estimated_tokens } = tally;
  return {
    answers,
    failures,
    stopped,
    prompt_tokens,
    completion_tokens,
    total_tokens: tokensOf(tally),
    estimated_tokens,
    duration_ms: timesOf(tally.duration),
    first_output_ms: timesOf(tally.first_output),
  };
}

function timesOf({ count, sum, sketch }: Times): UsageCount['duration_ms'] {
  const p50 = medianOf(sketch);
  return p50 === undefined ? null : { average: Math.round(sum / count), p50 };
}
