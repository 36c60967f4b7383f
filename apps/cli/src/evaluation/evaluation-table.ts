import { type EvaluationSummary, type GradingSummary, PRESENCE_MEASURES } from '@endplate/kernel';
import { tableLines } from '../terminal/table';

/** Cases and means as lines for a terminal. */
export function labelTable(summary: EvaluationSummary): string {
  const rows = [
    ['case', 'structure', 'Dice', 'lowest', 'detected', 'false', 'order', 'levels'],
    ...summary.cases.map((c) => [
      c.name,
      c.structure,
      c.dice.toFixed(3),
      c.lowestDice.toFixed(3),
      `${c.detected}/${c.labelled}`,
      String(c.falseInstances),
      c.orderCorrect ? 'right' : 'WRONG',
      c.levels ? `${c.levels.correct} right, ${c.levels.wrong} wrong, ${c.levels.withheld} withheld` : '-',
    ]),
    ...(['body', 'disc'] as const).flatMap((kind) => {
      const mean = summary.mean[kind];
      if (!mean) return [];
      const detection = `${(mean.detection * 100).toFixed(1)} %`;
      const levels = mean.levelAccuracy === undefined ? '-' : `${(mean.levelAccuracy * 100).toFixed(1)} %`;
      const order = `${mean.orderCorrect}/${mean.cases}`;
      return [
        ['mean', kind, mean.dice.toFixed(3), mean.worstDice.toFixed(3), detection, String(mean.falseInstances), order, levels],
      ];
    }),
  ]; // prettier-ignore
  return `${tableLines(rows).join('\n')}\n`;
}

/** Agreement with readers as lines for a terminal. */
export function gradingTable(summary: GradingSummary): string {
  const number = (value: number): string => value.toFixed(2);
  const interval = ([low, high]: readonly [number, number]): string => `${number(low)} to ${number(high)}`;
  const folds = summary.calibration === 'folds' ? 'limits fitted in five patient-wise folds' : 'shipped limits';
  const modic = (name: string, a: GradingSummary['modic']): string[] => [
    name, number(a.kappa), interval(a.interval), number(a.sensitivity), number(a.specificity), String(a.n),
  ]; // prettier-ignore
  const grades = (name: string, a: GradingSummary['pfirrmann']): string[] => [
    name, number(a.kappa), interval(a.interval), '-', '-', String(a.n),
  ]; // prettier-ignore
  const { presence, gradeBorders } = summary.fitted;
  const weights = PRESENCE_MEASURES.map((name, n) => `${name} ${presence.weights[n]!.toPrecision(4)}`);
  return [
    ...tableLines([
      ['per disc, against readers', 'kappa', '95 % interval', 'sensitivity', 'specificity', 'discs'],
      modic(`Modic present, ${folds}`, summary.modic),
      modic('Modic present, shipped limits', summary.modicShipped),
      modic('Modic present, voxel rules alone', summary.modicRules),
      grades(`Pfirrmann 1 to 4+, ${folds}`, summary.pfirrmann),
      grades('Pfirrmann 1 to 4+, shipped limits', summary.pfirrmannShipped),
    ]),
    `${summary.graded} graded discs of ${summary.patients} patients; without Modic finding ${summary.modicNotAssessed}, without grade ${summary.pfirrmannNotAssessed}.`,
    ...otherSplits(summary.modicSplits),
    'Types 1 and 3 are too rare in these gradings for any claim.',
    `Fitted to all patients: intercept ${presence.intercept.toPrecision(4)}, ${weights.join(', ')}, cut ${presence.cut.toPrecision(4)}; grade borders ${gradeBorders.map((b) => b.toFixed(3)).join(', ')}.`,
    '',
  ].join('\n');
}

function otherSplits(kappas: readonly number[]): string[] {
  if (kappas.length === 0) return [];
  const mean = kappas.reduce((sum, kappa) => sum + kappa, 0) / kappas.length;
  const range = `${Math.min(...kappas).toFixed(2)} to ${Math.max(...kappas).toFixed(2)}`;
  return [`Modic present in ${kappas.length} other partitions into folds: mean kappa ${mean.toFixed(2)}, ${range}.`];
}
