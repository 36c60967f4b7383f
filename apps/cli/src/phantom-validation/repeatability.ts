import { type Assessment, type DiscFinding, type StudyFindings } from '@endplate/findings';
import { mean } from './statistic';

/** What is repeated, by name and unit. */
const MEASURES: readonly [name: string, of: (disc: DiscFinding) => number | undefined][] = [
  ['anterior height, mm', (disc) => valueOf(disc.heights)?.anteriorMm],
  ['middle height, mm', (disc) => valueOf(disc.heights)?.middleMm],
  ['posterior height, mm', (disc) => valueOf(disc.heights)?.posteriorMm],
  ['height index', (disc) => valueOf(disc.heightIndex)],
  ['wedge, degrees', (disc) => valueOf(disc.wedgeDeg)],
  ['slip, mm', (disc) => valueOf(disc.slip)?.slipMm],
  ['calcification of a calcified disc, mm3', (disc) => valueOf(disc.calcification)?.volumeMm3 || undefined],
];

/**
 * How far the same disc's measures lie apart over repeated acquisitions: the standard deviation within a disc, pooled over
 * discs, and the repeatability coefficient of 1.96 sqrt(2) of it (Bland and Altman 1999, Stat Methods Med Res 8:135).
 */
export function repeatabilityTable(studies: readonly StudyFindings[]): string[][] {
  const rows = MEASURES.map(([name, of]) => {
    const discs = new Map<string, number[]>();
    for (const { discs: found } of studies) {
      for (const disc of found) {
        const value = of(disc);
        if (value === undefined || disc.level === null) continue;
        discs.set(disc.level, [...(discs.get(disc.level) ?? []), value]);
      }
    }
    const repeated = [...discs.values()].filter((values) => values.length >= 2);
    const squares = repeated.flatMap((values) => values.map((value) => (value - mean(values)) ** 2));
    const freedom = squares.length - repeated.length;
    const sd = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / Math.max(freedom, 1));
    const middle = mean(repeated.flat());
    return [
      name,
      String(repeated.length),
      String(repeated.flat().length),
      ...[middle, sd, 1.96 * Math.SQRT2 * sd].map((v) => v.toFixed(2)),
    ];
  });
  return [['measure', 'discs', 'values', 'mean', 'sd within a disc', 'repeatability coefficient'], ...rows];
}

function valueOf<T>(assessment: Assessment<T>): T | undefined {
  return assessment.status === 'assessed' ? assessment.value : undefined;
}
