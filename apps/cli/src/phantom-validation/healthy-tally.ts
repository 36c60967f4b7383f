import { type Assessment, type StudyFindings } from '@endplate/findings';
import { shareInterval, tally } from './statistic';

/** What the kernel said of one healthy study. */
export interface HealthyOutcome {
  readonly endplates: number;
  /** Types of the endplates that were called changed. */
  readonly changed: readonly string[];
  readonly focal: number;
  readonly discs: number;
  readonly calcified: number;
  readonly withheld: readonly string[];
}

/** Counts the assessed endplates and discs of a study and what was called changed among them. */
export function tallyHealthy(findings: StudyFindings): HealthyOutcome {
  const modic = valuesOf(findings.endplates.map((e) => e.modic));
  const calcification = valuesOf(findings.discs.map((d) => d.calcification));
  const withheld = findings.endplates.flatMap(({ modic: m }) => (m.status === 'not-assessed' ? [m.reason.code] : []));
  return {
    endplates: modic.length,
    changed: modic.map((m) => m.type).filter((type) => type !== 'none'),
    focal: modic.filter((m) => m.focalLesion).length,
    discs: calcification.length,
    calcified: calcification.filter((c) => c.present).length,
    withheld,
  };
}

function valuesOf<T>(assessments: readonly Assessment<T>[]): T[] {
  return assessments.flatMap((a) => (a.status === 'assessed' ? [a.value] : []));
}

/** Share of false positives per endplate and per disc, with what was withheld. */
export function falsePositiveTable(outcomes: readonly HealthyOutcome[]): string[][] {
  const sum = (of: (outcome: HealthyOutcome) => number): number => outcomes.reduce((total, o) => total + of(o), 0);
  const line = (name: string, hits: number, n: number, which: string): string[] => {
    const [low, high] = shareInterval(hits, n).map((share) => `${(100 * share).toFixed(1)} %`);
    return [name, n === 0 ? '-' : `${((100 * hits) / n).toFixed(1)} % (${low} to ${high})`, `${hits}/${n}`, which];
  };
  const endplates = sum((o) => o.endplates);
  return [
    ['called in healthy studies', 'share', 'of', 'which'],
    line('Modic change, endplates', sum((o) => o.changed.length), endplates, tally(outcomes.flatMap((o) => o.changed))),
    line('focal marrow lesion, endplates', sum((o) => o.focal), endplates, ''),
    line('calcification, discs', sum((o) => o.calcified), sum((o) => o.discs), ''),
    ['endplates not assessed', '', String(sum((o) => o.withheld.length)), tally(outcomes.flatMap((o) => o.withheld))],
  ]; // prettier-ignore
}
