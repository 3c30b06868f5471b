/**
 * Made-up prose in which words occur as often as in real one: by Zipf's law over a large vocabulary, short words more
 * often than long ones, and with words that a conversation keeps coming back to. The same seed gives the same text.
 */
const VOCABULARY = 60_000;
/** Draws are prepared once, this many; a walk with a random stride through them is as good as drawing anew. */
const DRAWS = 1 << 21;
/** Mandelbrot's correction: the very first ranks are nearer to each other than 1 / rank. */
const SHIFT = 2.7;

const ONSETS = 't t th s s st a i w wh c ch b p f m m d d h l r pr tr e o n g v k j br sh qu u y'.split(' ');
const VOWELS = 'a e e e i i o o u ai ea io ou'.split(' ');
const CODAS = ['', '', '', '', 'n', 'r', 's', 't', 'l', 'nd', 'ng', 'st', 'm'];

/** Numbers in [0, 1), the same for the same seed (Marsaglia's xorshift). */
export function randomNumbers(seed: number): () => number {
  let state = seed * 2_654_435_761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function makeVocabulary(random: () => number): string[] {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  const words = new Set<string>();
  while (words.size < VOCABULARY) {
    const most = 1 + Math.min(3, Math.log10(words.size + 1) * 0.8);
    const syllables = Math.ceil(random() * most);
    let word = '';
    for (let n = 0; n < syllables; n += 1) word += pick(ONSETS) + pick(VOWELS) + pick(CODAS);
    words.add(word);
  }
  return [...words];
}

/** Ranks as often as Zipf's law has them. */
function drawRanks(random: () => number): Uint16Array {
  const upTo = new Float64Array(VOCABULARY);
  let total = 0;
  for (let rank = 0; rank < VOCABULARY; rank += 1) upTo[rank] = total += 1 / (rank + 1 + SHIFT);
  const draws = new Uint16Array(DRAWS);
  for (let n = 0; n < DRAWS; n += 1) {
    const wanted = random() * total;
    let [low, high] = [0, VOCABULARY - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    draws[n] = low;
  }
  return draws;
}

export interface Writer {
  /** What the following texts are about. */
  newTopic(): void;
  text(words: number): string;
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
}

export function createWriter(seed: number): Writer {
  const random = randomNumbers(seed);
  const words = makeVocabulary(random);
  const draws = drawRanks(random);
  const word = () => words[draws[Math.floor(random() * DRAWS)] ?? 0] ?? '';
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  let topic: string[] = [];
  return {
    newTopic() {
      topic = Array.from({ length: 12 }, () => words[between(300, VOCABULARY - 1)] ?? '');
    },
    text(length) {
      let text = '';
      let left = 0;
      for (let n = 0; n < length; n += 1) {
        let next = random() < 0.1 ? (topic[Math.floor(random() * topic.length)] ?? '') : word();
        if (left === 0) next = next.charAt(0).toUpperCase() + next.slice(1);
        left = left === 0 ? between(4, 20) : left - 1;
        text += next + (left === 0 || n === length - 1 ? '. ' : ' ');
      }
      return text.trimEnd();
    },
    between,
  };
}
