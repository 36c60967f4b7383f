import { type StudyFindings } from '@endplate/findings';
import { binaryAgreement, quadraticKappa, type BinaryAgreement } from './agreement';

/** What radiologists wrote of one disc. */
export interface DiscGrading {
  readonly study: string;
  /** 1 for the lumbosacral disc, counted upward. */
  readonly disc: number;
  /** 0 for none, 1 to 3 for the type. */
  readonly modic: number;
  /** 1 to 5. */
  readonly pfirrmann: number;
}

/** One disc, graded and found; a part that was not assessed is left out. */
export interface GradedDisc {
  readonly modic?: { readonly truth: boolean; readonly found: boolean };
  readonly pfirrmann?: { readonly truth: number; readonly found: number };
}

/** What `endplate evaluate` adds where a folder holds gradings. */
export interface GradingSummary {
  readonly modic: BinaryAgreement;
  /** Grades 4 and 5 are one. */
  readonly pfirrmann: { readonly kappa: number; readonly n: number };
  /** Graded discs, and how many of them carry neither finding. */
  readonly graded: number;
  readonly notAssessed: number;
}

const MAX_ROWS = 100_000;
const COLUMNS = { study: 'Study', disc: 'IVD label', modic: 'Modic', pfirrmann: 'Pfirrman grade' } as const;

/** Reads a table of gradings (comma separated, the header of the SPIDER data set); rows without numbers are left out. */
export function parseGradings(csv: string): DiscGrading[] {
  const [head, ...rows] = csv.split(/\r?\n/).slice(0, MAX_ROWS);
  const names = (head ?? '').split(',').map((name) => name.trim());
  const at = (name: string): number => names.indexOf(name);
  const places = Object.values(COLUMNS).map(at);
  if (places.some((place) => place < 0)) return [];
  return rows.flatMap((row): DiscGrading[] => {
    const cells = row.split(',').map((cell) => cell.trim());
    const number = (name: string): number => Number(cells[at(name)] || Number.NaN);
    const grading = {
      study: cells[at(COLUMNS.study)] ?? '',
      disc: number(COLUMNS.disc),
      modic: number(COLUMNS.modic),
      pfirrmann: number(COLUMNS.pfirrmann),
    };
    return Object.values(grading).some((value) => Number.isNaN(value)) || grading.study === '' ? [] : [grading];
  });
}

/** Sets the gradings of one study beside its findings, disc by disc from the lumbosacral one upward. */
export function gradeDiscs(findings: StudyFindings, gradings: readonly DiscGrading[]): GradedDisc[] {
  return gradings.map((grading): GradedDisc => {
    const disc = findings.discs.find((d) => d.ordinal === grading.disc);
    if (!disc) return {};
    const types = findings.endplates.flatMap((e) =>
      e.discId === disc.id && e.modic.status === 'assessed' ? [e.modic.value.type] : [],
    );
    const modic =
      types.length > 0 ? { modic: { truth: grading.modic > 0, found: types.some((t) => t !== 'none') } } : {};
    const signal = disc.signal.status === 'assessed' ? Math.min(disc.signal.value.pfirrmannLike, 4) : undefined;
    const pfirrmann =
      signal === undefined ? {} : { pfirrmann: { truth: Math.min(grading.pfirrmann, 4), found: signal } };
    return { ...modic, ...pfirrmann };
  });
}

/** Agreement over all graded discs. */
export function summariseGradings(discs: readonly GradedDisc[]): GradingSummary {
  const modic = discs.flatMap((disc) => (disc.modic ? [disc.modic] : []));
  const pfirrmann = discs.flatMap((disc) => (disc.pfirrmann ? [disc.pfirrmann] : []));
  return {
    modic: binaryAgreement(modic),
    pfirrmann: { kappa: quadraticKappa(pfirrmann, 4), n: pfirrmann.length },
    graded: discs.length,
    notAssessed: discs.filter((disc) => !disc.modic && !disc.pfirrmann).length,
  };
}
