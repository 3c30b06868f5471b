import { it } from 'vitest';
import { playHistories } from './resume.ts';

it(
  '[CW-3, C1, C5] after any cut, on any surface, what was received is the log: no gap and no repeat',
  {
    timeout: 180_000,
  },
  () => playHistories(1000, 20_261_121),
);
