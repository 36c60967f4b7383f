import {
  type Assessment,
  type DiscFinding,
  type EndplateFinding,
  type Heights,
  type StudyFindings,
} from '@endplate/findings';
import { inSentence, reasonConcept } from '../code/reason-code';

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
export function findingRows(findings: StudyFindings, modality: 'CT' | 'MR'): FindingRow[] {
  return [...findings.discs].reverse().map((disc) => ({
    level: disc.level ?? `${disc.ordinal} from below`,
    heights: disc.heights.status === 'assessed' ? heightText(disc.heights.value) : 'not assessed',
    ...(modality === 'CT' ? ctCells(disc) : mrCells(findings, disc)),
  }));
}

function ctCells({ calcification, vacuum }: DiscFinding): Pick<FindingRow, 'finding' | 'detail' | 'positive'> {
  const gas = vacuum.status === 'assessed' && vacuum.value.present ? `; gas ${figure(vacuum.value.volumeMm3)} mm³` : '';
  if (calcification.status === 'not-assessed')
    return { finding: withheld(calcification) + gas, detail: '', positive: false };
  const c = calcification.value;
  if (!c.present) {
    const detail = `${figure(c.smallestDetectableMm)} mm would have shown`;
    return { finding: `no calcification${gas}`, detail, positive: gas !== '' };
  }
  const attenuation = c.meanHU === undefined ? '' : `, mean ${Math.round(c.meanHU)} HU`;
  return {
    finding: `calcification${gas}`,
    detail: `${figure(c.volumeMm3)} mm³, ${figure(c.percentOfDisc)} %${attenuation}`,
    positive: true,
  };
}

function mrCells(findings: StudyFindings, disc: DiscFinding): Pick<FindingRow, 'finding' | 'detail' | 'positive'> {
  const facing = findings.endplates.filter(({ discId }) => discId === disc.id);
  const changes = facing.filter(({ modic }) => modic.status === 'assessed' && modic.value.type !== 'none');
  const unknown = facing.find(({ modic }) => modic.status === 'not-assessed')?.modic;
  const detail = shown(disc.signal, ({ pfirrmannLike }) => `Pfirrmann-like ${pfirrmannLike}`);
  if (changes.length > 0) return { finding: changeText(changes), detail, positive: true };
  if (unknown !== undefined) return { finding: withheld(unknown), detail, positive: false };
  return { finding: facing.length > 0 ? 'no Modic change' : 'no endplate seen', detail, positive: false };
}

/** `Modic 2: L5 inferior, S1 superior`: the endplates by type, cranial ones first. */
function changeText(changes: readonly EndplateFinding[]): string {
  const byType = new Map<string, string[]>();
  for (const { modic, position, vertebraLevel, vertebraId } of [...changes].reverse()) {
    if (modic.status !== 'assessed') continue;
    const type = modic.value.type.replace('3-possible', '3 (possible)');
    byType.set(type, [...(byType.get(type) ?? []), `${vertebraLevel ?? vertebraId} ${position}`]);
  }
  return [...byType].map(([type, where]) => `Modic ${type}: ${where.join(', ')}`).join('; ');
}

function shown<T>(assessment: Assessment<T>, text: (value: T) => string): string {
  return assessment.status === 'assessed' ? text(assessment.value) : withheld(assessment);
}

function withheld(assessment: Assessment<unknown>): string {
  if (assessment.status === 'assessed') return '';
  return `not assessed: ${inSentence(reasonConcept(assessment.reason.code).meaning)}`;
}

function heightText({ anteriorMm, middleMm, posteriorMm }: Heights): string {
  return [anteriorMm, middleMm, posteriorMm].map((value) => value.toFixed(1)).join(' / ');
}

function figure(value: number): string {
  return Math.abs(value) >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
