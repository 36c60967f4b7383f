import {
  type Assessment,
  type DiscFinding,
  type EndplateFinding,
  type Heights,
  type StudyFindings,
} from '@endplate/findings';
import { endplateName, modicType } from '../text/finding-name';
import { type ReportText } from '../text/report-text';

/** One line of the page's table: a disc with what was found and measured. */
export interface FindingRow {
  readonly level: string;
  /** Calcification on CT, Modic changes on MR. */
  readonly finding: string;
  /** Volume and attenuation on CT, disc signal on MR. */
  readonly detail: string;
  /** In front, in the middle, behind, mm. */
  readonly heights: string;
  /** Whether the finding is there: such rows stand out. */
  readonly positive: boolean;
}

/** The discs from cranial to caudal, as a reader's eye goes down the spine. */
export function findingRows(findings: StudyFindings, modality: 'CT' | 'MR', words: ReportText): FindingRow[] {
  return [...findings.discs].reverse().map((disc) => ({
    level: disc.level ?? words.say('short.fromBelow', { ordinal: disc.ordinal }),
    heights: disc.heights.status === 'assessed' ? heightText(disc.heights.value, words) : words.say('page.withheld'),
    ...(modality === 'CT' ? ctCells(disc, words) : mrCells(findings, disc, words)),
  }));
}

function ctCells(
  { calcification, vacuum }: DiscFinding,
  words: ReportText,
): Pick<FindingRow, 'finding' | 'detail' | 'positive'> {
  const gas =
    vacuum.status === 'assessed' && vacuum.value.present
      ? words.say('join.clause') + words.say('line.gas', { volume: words.figure(vacuum.value.volumeMm3) })
      : '';
  if (calcification.status === 'not-assessed')
    return { finding: withheld(calcification, words) + gas, detail: '', positive: false };
  const c = calcification.value;
  if (!c.present) {
    const detail = words.say('page.wouldHaveShown', { mm: words.figure(c.smallestDetectableMm) });
    return { finding: words.say('line.noCalcification') + gas, detail, positive: gas !== '' };
  }
  const amount = words.say('page.amount', {
    volume: words.figure(c.volumeMm3),
    percent: words.figure(c.percentOfDisc),
  });
  const mean = c.meanHU === undefined ? [] : [words.say('page.mean', { mean: Math.round(c.meanHU) })];
  return {
    finding: words.say('page.calcified') + gas,
    detail: words.parts([amount, ...mean]),
    positive: true,
  };
}

function mrCells(
  findings: StudyFindings,
  disc: DiscFinding,
  words: ReportText,
): Pick<FindingRow, 'finding' | 'detail' | 'positive'> {
  const facing = findings.endplates.filter(({ discId }) => discId === disc.id);
  const changes = facing.filter(({ modic }) => modic.status === 'assessed' && modic.value.type !== 'none');
  const unknown = facing.find(({ modic }) => modic.status === 'not-assessed')?.modic;
  const detail = shown(disc.signal, words, ({ pfirrmannLike }) =>
    words.say('page.pfirrmann', { grade: pfirrmannLike }),
  );
  if (changes.length > 0) return { finding: changeText(changes, words), detail, positive: true };
  if (unknown !== undefined) return { finding: withheld(unknown, words), detail, positive: false };
  return {
    finding: facing.length > 0 ? words.say('line.noModic') : words.say('page.noEndplate'),
    detail,
    positive: false,
  };
}

/** `Modic 2: L5 inferior, S1 superior`: the endplates by type, cranial ones first. */
function changeText(changes: readonly EndplateFinding[], words: ReportText): string {
  const byType = new Map<string, string[]>();
  for (const endplate of [...changes].reverse()) {
    const { modic } = endplate;
    if (modic.status !== 'assessed' || modic.value.type === 'none') continue;
    const type = modicType(modic.value.type, words);
    byType.set(type, [...(byType.get(type) ?? []), endplateName(endplate, words)]);
  }
  return [...byType]
    .map(([type, where]) => words.say('page.modicAt', { type, where: words.list(where) }))
    .join(words.say('join.clause'));
}

function shown<T>(assessment: Assessment<T>, words: ReportText, text: (value: T) => string): string {
  return assessment.status === 'assessed' ? text(assessment.value) : withheld(assessment, words);
}

function withheld(assessment: Assessment<unknown>, words: ReportText): string {
  if (assessment.status === 'assessed') return '';
  return words.say('line.notAssessed', { reason: words.reason(assessment.reason.code) });
}

function heightText({ anteriorMm, middleMm, posteriorMm }: Heights, words: ReportText): string {
  return [anteriorMm, middleMm, posteriorMm].map((value) => words.fixed(value, 1)).join(' / ');
}
