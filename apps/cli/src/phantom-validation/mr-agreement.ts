import { distance } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { type PhantomTruth } from '@endplate/phantom';

/** Rows and columns of the confusion matrix; `3` is what the kernel calls possible. */
export const MODIC_TYPES = ['none', '1', '2', '3', 'mixed'] as const;
/** One of {@link MODIC_TYPES}. */
export type PhantomModic = (typeof MODIC_TYPES)[number];

/** One MR phantom beside its findings. */
export interface MrOutcome {
  readonly seed: number;
  readonly acquisition: string;
  readonly endplates: readonly { readonly truth: PhantomModic; readonly found: PhantomModic }[];
  /** Endplates of discs that were not found, and reasons for which others were not assessed. */
  readonly missed: number;
  readonly withheld: readonly string[];
}

const NEAR_MM = 12;

/** Compares every drawn endplate with what was found for it; discs are paired by place. */
export function compareMr(truth: PhantomTruth, findings: StudyFindings, acquisition: string): MrOutcome {
  const endplates: { truth: PhantomModic; found: PhantomModic }[] = [];
  const withheld: string[] = [];
  let missed = 0;
  for (const endplate of truth.endplates) {
    const centre = truth.discs.find((disc) => disc.level === endplate.disc)?.centreLps;
    if (!centre) continue;
    const disc = findings.discs
      .map((d) => ({ id: d.id, mm: distance(d.centroidLps, centre) }))
      .filter((d) => d.mm <= NEAR_MM)
      .sort((a, b) => a.mm - b.mm)[0];
    const position = endplate.side === 'above' ? 'inferior' : 'superior';
    const found = disc && findings.endplates.find((e) => e.discId === disc.id && e.position === position);
    if (!found) missed++;
    else if (found.modic.status === 'not-assessed') withheld.push(found.modic.reason.code);
    else {
      const { type } = found.modic.value;
      endplates.push({ truth: endplate.modic, found: type === '3-possible' ? '3' : type });
    }
  }
  return { seed: truth.seed, acquisition, endplates, missed, withheld };
}
