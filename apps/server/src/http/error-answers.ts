/** Whose errors an address speaks, also when nothing is there or the request gets no further than the guard. */
import { type ToErrorAnswer, toCommonErrorAnswer } from './kit/error-answer.ts';
import { toErrorAnswer as toOpenAIErrorAnswer } from './surfaces/openai/errors.ts';

/** The first that fits. */
const foreign: readonly { under: RegExp; toAnswer: ToErrorAnswer }[] = [
  { under: /^\/v1(?:[/?]|$)/, toAnswer: toOpenAIErrorAnswer },
];

export function errorAnswersOf(url: string | undefined): ToErrorAnswer {
  return foreign.find(({ under }) => under.test(url ?? ''))?.toAnswer ?? toCommonErrorAnswer;
}
