import { distance } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { type MrStudyOptions, type PhantomTruth } from '@endplate/phantom';
import { shareInterval, tally } from './statistic';

/** A kind of patient, or of view, that level names depend on. */
export interface LevelSituation {
  readonly name: string;
  readonly options: MrStudyOptions;
}

/** What the phantoms of the level tables are. */
export const LEVEL_SITUATIONS: readonly LevelSituation[] = [
  { name: 'five lumbar vertebrae', options: { lumbarCount: 5 } },
  { name: 'five, the lowest sacralised', options: { lumbarCount: 5, transition: 'sacralised' } },
  { name: 'five, the first sacral lumbarised', options: { lumbarCount: 5, transition: 'lumbarised' } },
  { name: 'four lumbar vertebrae', options: { lumbarCount: 4 } },
  { name: 'six lumbar vertebrae', options: { lumbarCount: 6 } },
  { name: 'sacrum out of view', options: { lumbarCount: 5, cranialShiftMm: 75 } },
];

/** One phantom's level names beside the drawn ones. */
export interface LevelOutcome {
  readonly situation: string;
  /** Discs found at the place of a drawn one. */
  readonly right: number;
  readonly wrong: number;
  readonly withheld: number;
  readonly missed: number;
  /** Why the study's names were withheld. */
  readonly reason?: string;
  /** Whether the report says that names stand on five lumbar vertebrae. */
  readonly remarked: boolean;
}

const NEAR_MM = 12;

/** Compares the names of all drawn discs with those found at their place. */
export function compareLevels(situation: string, truth: PhantomTruth, findings: StudyFindings): LevelOutcome {
  let [right, wrong, withheld, missed] = [0, 0, 0, 0];
  for (const disc of truth.discs) {
    const near = findings.discs
      .map((found) => ({ found, mm: distance(found.centroidLps, disc.centreLps) }))
      .sort((a, b) => a.mm - b.mm)[0];
    if (!near || near.mm > NEAR_MM) missed++;
    else if (near.found.level === null) withheld++;
    else if (near.found.level === disc.level) right++;
    else wrong++;
  }
  const reason = findings.labelling?.reason?.code;
  const remarked = findings.remarks.some((remark) => remark.includes('five lumbar vertebrae'));
  return { situation, right, wrong, withheld, missed, remarked, ...(reason ? { reason } : {}) };
}

type Row = readonly string[];

/** Studies and discs by situation. */
export function levelTable(outcomes: readonly LevelOutcome[]): Row[] {
  const sum = (own: readonly LevelOutcome[], key: 'right' | 'wrong' | 'withheld' | 'missed'): number =>
    own.reduce((total, o) => total + o[key], 0);
  const line = (name: string): Row => {
    const own = outcomes.filter((o) => o.situation === name);
    const [right, wrong] = [sum(own, 'right'), sum(own, 'wrong')];
    const named = right + wrong;
    const [low, high] = shareInterval(right, named);
    const share = named === 0 ? '-' : `${((100 * right) / named).toFixed(0)} % (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %)`; // prettier-ignore
    const studies = own.filter((o) => o.wrong > 0);
    return [
      name, String(own.length), String(studies.length), String(studies.filter((o) => o.remarked).length),
      tally(own.flatMap((o) => o.reason ?? [])), `${right}/${named}: ${share}`,
      String(sum(own, 'withheld')), String(sum(own, 'missed')),
    ]; // prettier-ignore
  };
  return [
    ['drawn', 'studies', 'with a wrong name', 'of them with the remark', 'names withheld, studies', 'named discs that are right', 'discs withheld', 'not found'],
    ...[...new Set(outcomes.map((o) => o.situation))].map(line),
  ]; // prettier-ignore
}
