import { type CaseEvaluation, type EvaluatedStructure } from './evaluate-case';

/** One case with the name under which it is listed. */
export interface NamedEvaluation {
  readonly name: string;
  readonly evaluation: CaseEvaluation;
  readonly levels?: LevelScore;
}

/** Level names of detected instances against known ones. */
export interface LevelScore {
  readonly correct: number;
  readonly wrong: number;
  readonly withheld: number;
}

/** Means over the cases that hold a structure. */
export interface StructureMean {
  readonly cases: number;
  readonly dice: number;
  readonly detection: number;
  /** Lowest Dice of a case. */
  readonly worstDice: number;
  readonly falseInstances: number;
  /** Cases in which the order along the spine is right. */
  readonly orderCorrect: number;
  /** Right names over names given, where the true ones are known. */
  readonly levelAccuracy?: number;
}

/** Line of the table and of the JSON, per case. */
export interface CaseLine {
  readonly name: string;
  readonly structure: EvaluatedStructure;
  readonly labelled: number;
  readonly detected: number;
  readonly dice: number;
  /** Of the worst instance. */
  readonly lowestDice: number;
  readonly detection: number;
  readonly falseInstances: number;
  readonly orderCorrect: boolean;
  readonly levels?: LevelScore;
}

/** What `endplate evaluate` prints last. */
export interface EvaluationSummary {
  readonly cases: readonly CaseLine[];
  readonly mean: { readonly body?: StructureMean; readonly disc?: StructureMean };
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Lists the cases and averages them per structure; figures are rounded to four decimals. */
export function summariseEvaluation(cases: readonly NamedEvaluation[]): EvaluationSummary {
  const lines = cases.map(({ name, evaluation, levels }): CaseLine => ({
    name,
    structure: evaluation.structure,
    labelled: evaluation.instances.length,
    detected: evaluation.instances.filter((i) => i.detected).length,
    dice: round(evaluation.dice),
    lowestDice: round(Math.min(...evaluation.instances.map((i) => i.dice), 1)),
    detection: round(evaluation.detection),
    falseInstances: evaluation.falseInstances,
    orderCorrect: evaluation.orderCorrect,
    ...(levels ? { levels } : {}),
  }));
  const body = structureMean(lines.filter((line) => line.structure === 'body'));
  const disc = structureMean(lines.filter((line) => line.structure === 'disc'));
  return { cases: lines, mean: { ...(body ? { body } : {}), ...(disc ? { disc } : {}) } };
}

function structureMean(lines: readonly CaseLine[]): StructureMean | undefined {
  if (lines.length === 0) return undefined;
  const mean = (value: (line: CaseLine) => number): number =>
    round(lines.reduce((sum, line) => sum + value(line), 0) / lines.length);
  return {
    cases: lines.length,
    dice: mean((line) => line.dice),
    detection: mean((line) => line.detection),
    worstDice: Math.min(...lines.map((line) => line.dice)),
    falseInstances: lines.reduce((sum, line) => sum + line.falseInstances, 0),
    orderCorrect: lines.filter((line) => line.orderCorrect).length,
    ...levelAccuracy(lines),
  };
}

function levelAccuracy(lines: readonly CaseLine[]): { levelAccuracy?: number } {
  const scores = lines.flatMap((line) => (line.levels ? [line.levels] : []));
  const given = scores.reduce((sum, score) => sum + score.correct + score.wrong, 0);
  if (given === 0) return {};
  return { levelAccuracy: round(scores.reduce((sum, score) => sum + score.correct, 0) / given) };
}
