import { presenceMeasures, presenceScore, SHIPPED_PRESENCE, type PresenceModel } from '../mr/modic-presence';
import { type KernelResult } from '../study-input';
import { binaryAgreement, quadraticKappa, type BinaryAgreement } from './agreement';
import { fitGradeBorders, gradeByBorders } from './fit-grades';
import { fitPresence } from './fit-presence';
import { acrossFolds, bootstrapByStudy, type Interval } from './folds';

type Graded = Pick<KernelResult, 'findings' | 'modicEvidence'>;

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

/** One graded disc beside what was found; a part that was not assessed is left out. */
export interface GradedDisc {
  readonly study: string;
  readonly modic?: {
    readonly truth: boolean;
    /** What the voxel rules said. */
    readonly byRules: boolean;
    /** What the presence model weighs; left out where it could not be measured. */
    readonly measures?: readonly number[];
  };
  readonly pfirrmann?: { readonly truth: number; readonly found: number; readonly ratio: number };
}

/** Agreement with its bootstrap interval of kappa over patients. */
export interface ModicAgreement extends BinaryAgreement {
  readonly interval: Interval;
}

/** Agreement of grades with its bootstrap interval of kappa over patients; grades 4 and 5 are one. */
export interface GradeAgreement {
  readonly kappa: number;
  readonly n: number;
  readonly interval: Interval;
}

/** What `endplate evaluate` adds where a folder holds gradings. */
export interface GradingSummary {
  /** `folds`: limits were fitted to the patients of four folds and tried on the fifth; `shipped`: too few patients for that. */
  readonly calibration: 'folds' | 'shipped';
  readonly modic: ModicAgreement;
  /** Kappa of ten other partitions into five folds: how much of the figure above is the luck of one. Empty where shipped. */
  readonly modicSplits: readonly number[];
  /** With the limits that are shipped, and by the voxel rules that type a change alone. */
  readonly modicShipped: ModicAgreement;
  readonly modicRules: ModicAgreement;
  readonly pfirrmann: GradeAgreement;
  readonly pfirrmannShipped: GradeAgreement;
  /** Graded discs, graded patients, and how many discs carry no Modic finding, no grade. */
  readonly graded: number;
  readonly patients: number;
  readonly modicNotAssessed: number;
  readonly pfirrmannNotAssessed: number;
  /** Limits fitted to all patients here: what `thresholds.ts` would hold. */
  readonly fitted: { readonly presence: PresenceModel; readonly gradeBorders: readonly number[] };
}

const MAX_ROWS = 100_000;
const MIN_PATIENTS = 25;
const SPLITS = 10;
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
export function gradeDiscs(result: Graded, gradings: readonly DiscGrading[]): GradedDisc[] {
  const { findings } = result;
  return gradings.map((grading): GradedDisc => {
    const { study } = grading;
    const disc = findings.discs.find((d) => d.ordinal === grading.disc);
    if (!disc) return { study };
    const types = findings.endplates.flatMap((e) =>
      e.discId === disc.id && e.modic.status === 'assessed' ? [e.modic.value.type] : [],
    );
    const evidence = result.modicEvidence?.get(disc.id);
    const measures = evidence ? { measures: presenceMeasures(evidence) } : {};
    const byRules = types.some((type) => type !== 'none');
    const modic = types.length > 0 ? { modic: { truth: grading.modic > 0, byRules, ...measures } } : {};
    if (disc.signal.status !== 'assessed') return { study, ...modic };
    const { pfirrmannLike, t2RatioToCsf } = disc.signal.value;
    const pfirrmann = {
      truth: Math.min(grading.pfirrmann, 4),
      found: Math.min(pfirrmannLike, 4),
      ratio: t2RatioToCsf,
    };
    return { study, ...modic, pfirrmann };
  });
}

/** Agreement over all graded discs. */
export function summariseGradings(discs: readonly GradedDisc[]): GradingSummary {
  const patients = new Set(discs.map((disc) => disc.study)).size;
  const enough = patients >= MIN_PATIENTS;
  const modic = discs.flatMap(({ study, modic: m }) => (m?.measures ? [{ study, ...m, measures: m.measures }] : []));
  const rules = discs.flatMap(({ study, modic: m }) => (m ? [{ study, truth: m.truth, found: m.byRules }] : []));
  const grades = discs.flatMap(({ study, pfirrmann }) => (pfirrmann ? [{ study, ...pfirrmann }] : []));
  const present = (item: (typeof modic)[number], model: PresenceModel): Judged => ({
    study: item.study,
    truth: item.truth,
    found: presenceScore(item.measures, model) >= model.cut,
  });
  const shipped = modic.map((item) => present(item, SHIPPED_PRESENCE));
  const inFolds = (split: number): Judged[] =>
    acrossFolds(modic, studyOf, fitPresence, present, split).map((f) => f.result);
  const folded = enough ? inFolds(0) : shipped;
  const splits = enough ? Array.from({ length: SPLITS }, (_, n) => n + 1) : [];
  const gradesFolded = enough
    ? acrossFolds(grades, studyOf, fitGradeBorders, (item, borders) => ({
        ...item,
        found: gradeByBorders(item.ratio, borders),
      })).map((f) => f.result)
    : grades;
  return {
    calibration: enough ? 'folds' : 'shipped',
    modic: modicAgreement(folded),
    modicSplits: splits.map((split) => binaryAgreement(inFolds(split)).kappa),
    modicShipped: modicAgreement(shipped),
    modicRules: modicAgreement(rules),
    pfirrmann: gradeAgreement(gradesFolded),
    pfirrmannShipped: gradeAgreement(grades),
    graded: discs.length,
    patients,
    modicNotAssessed: discs.length - modic.length,
    pfirrmannNotAssessed: discs.length - grades.length,
    fitted: {
      presence: modic.length > 0 ? fitPresence(modic) : SHIPPED_PRESENCE,
      gradeBorders: grades.length > 0 ? fitGradeBorders(grades) : [],
    },
  };
}

interface Judged {
  readonly study: string;
  readonly truth: boolean;
  readonly found: boolean;
}

function studyOf(item: { readonly study: string }): string {
  return item.study;
}

function modicAgreement(pairs: readonly Judged[]): ModicAgreement {
  const interval = bootstrapByStudy(pairs, studyOf, (drawn) => binaryAgreement(drawn).kappa);
  return { ...binaryAgreement(pairs), interval };
}

function gradeAgreement(pairs: readonly { study: string; truth: number; found: number }[]): GradeAgreement {
  const kappa = (drawn: typeof pairs): number => quadraticKappa(drawn, 4);
  return { kappa: kappa(pairs), n: pairs.length, interval: bootstrapByStudy(pairs, studyOf, kappa) };
}
