import { type CaseEvaluation, type EvaluatedStructure } from './evaluate-case';

/** One case with the name under which it is listed. */
export interface NamedEvaluation {
  readonly name: string;
  readonly evaluation: CaseEvaluation;
}

/** Means over the cases that hold a structure. */
export interface StructureMean {
  readonly cases: number;
  readonly dice: number;
  readonly detection: number;
  /** Lowest Dice of a case. */
  readonly worstDice: number;
  readonly falseInstances: number;
}

/** Line of the table and of the JSON, per case. */
export interface CaseLine {
  readonly name: string;
  readonly structure: EvaluatedStructure;
  readonly labelled: number;
  readonly detected: number;
  readonly dice: number;
  readonly detection: number;
  readonly falseInstances: number;
  readonly orderCorrect: boolean;
}

/** What `endplate evaluate` prints last. */
export interface EvaluationSummary {
  readonly cases: readonly CaseLine[];
  readonly mean: { readonly body?: StructureMean; readonly disc?: StructureMean };
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Lists the cases and averages them per structure; figures are rounded to four decimals. */
export function summariseEvaluation(cases: readonly NamedEvaluation[]): EvaluationSummary {
  const lines = cases.map(({ name, evaluation }): CaseLine => ({
    name,
    structure: evaluation.structure,
    labelled: evaluation.instances.length,
    detected: evaluation.instances.filter((i) => i.detected).length,
    dice: round(evaluation.dice),
    detection: round(evaluation.detection),
    falseInstances: evaluation.falseInstances,
    orderCorrect: evaluation.orderCorrect,
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
  };
}
