import { quadraticKappa } from './agreement';

/** One disc with its T2 ratio to CSF and the grade that a reader gave. */
export interface GradeSample {
  readonly ratio: number;
  readonly truth: number;
}

const GRID = 50;
const ROUNDS = 4;
const START = [0.3, 0.55, 0.9] as const;

/** Falling borders of the T2 ratio between grades 1, 2, 3 and 4 with the best quadratic kappa, one moved at a time. */
export function fitGradeBorders(samples: readonly GradeSample[]): number[] {
  const sorted = samples.map((s) => s.ratio).sort((a, b) => b - a);
  const at = (share: number): number => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]!;
  let borders: number[] = START.map(at);
  let best = kappaOf(samples, borders);
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < borders.length; n++) {
      for (let step = 1; step < GRID; step++) {
        const tried = borders.map((border, k) => (k === n ? at(step / GRID) : border));
        if (!(tried[0]! > tried[1]! && tried[1]! > tried[2]!)) continue;
        const kappa = kappaOf(samples, tried);
        if (kappa > best) [best, borders] = [kappa, tried];
      }
    }
  }
  return borders;
}

/** Grade 1 to 4 of a ratio. */
export function gradeByBorders(ratio: number, borders: readonly number[]): number {
  return 1 + borders.filter((border) => ratio < border).length;
}

function kappaOf(samples: readonly GradeSample[], borders: readonly number[]): number {
  return quadraticKappa(
    samples.map((s) => ({ truth: s.truth, found: gradeByBorders(s.ratio, borders) })),
    4,
  );
}
