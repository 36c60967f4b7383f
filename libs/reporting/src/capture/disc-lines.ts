import {
  type Calcification,
  type DiscFinding,
  type EndplateFinding,
  type KeyOutlineKind,
  type Modic,
  type Reason,
  type StudyFindings,
} from '@endplate/findings';
import { inSentence, reasonConcept } from '../code/reason-code';

/** One line of text about a disc; `kind` gives it the colour of what it speaks of. */
export interface DiscLine {
  readonly text: string;
  readonly tone: 'finding' | 'plain' | 'muted';
  readonly kind?: KeyOutlineKind;
}

const SITE: Readonly<Record<Calcification['islands'][number]['site'], string>> = {
  nucleus: 'nucleus',
  'annulus-anterior': 'anterior annulus',
  'annulus-posterior': 'posterior annulus',
  'annulus-lateral': 'lateral annulus',
  'endplate-adjacent': 'next to an endplate',
};

const MODIC_KIND: Readonly<Record<Exclude<Modic['type'], 'none'>, KeyOutlineKind>> = {
  '1': 'modic-1',
  '2': 'modic-2',
  '3-possible': 'modic-3-possible',
  mixed: 'modic-mixed',
};

/** What a key image says of a disc: on CT calcification and gas, on MR the endplates that face it and its signal. */
export function discLines(findings: StudyFindings, disc: DiscFinding, modality: string, full: boolean): DiscLine[] {
  const lines =
    modality === 'CT'
      ? [...calcificationLines(disc, full), ...gasLines(disc)]
      : [...modicLines(findings, disc), ...signalLines(disc)];
  return full ? [...lines, ...shapeLines(disc)] : lines;
}

function calcificationLines({ calcification }: DiscFinding, full: boolean): DiscLine[] {
  if (calcification.status === 'not-assessed') return [notAssessed('', calcification.reason)];
  const c = calcification.value;
  if (!c.present) {
    return [
      { text: 'no calcification', tone: 'muted' },
      ...(full ? [muted(`from ${figure(c.smallestDetectableMm)} mm it would show`)] : []),
    ];
  }
  const sites = [...new Set(c.islands.map((island) => SITE[island.site]))];
  return [
    {
      text: `${figure(c.volumeMm3)} mm³ calcified (${figure(c.percentOfDisc)} %)`,
      tone: 'finding',
      kind: 'calcification',
    },
    ...(full ? [{ text: sites.join(', '), tone: 'plain' } as const] : []),
    ...(full && c.meanHU !== undefined && c.maxHU !== undefined
      ? [{ text: `mean ${Math.round(c.meanHU)} HU, max ${Math.round(c.maxHU)} HU`, tone: 'plain' } as const]
      : []),
  ];
}

function gasLines({ vacuum }: DiscFinding): DiscLine[] {
  if (vacuum.status !== 'assessed' || !vacuum.value.present) return [];
  return [{ text: `gas ${figure(vacuum.value.volumeMm3)} mm³`, tone: 'finding', kind: 'vacuum' }];
}

function modicLines(findings: StudyFindings, disc: DiscFinding): DiscLine[] {
  // Cranial first: the inferior endplate of the vertebra above.
  const facing = findings.endplates
    .filter((endplate) => endplate.discId === disc.id)
    .sort((a, b) => (a.position < b.position ? -1 : 1));
  const changes = facing.flatMap(changeLine);
  if (changes.length > 0) return changes;
  const withheld = facing.find(({ modic }) => modic.status === 'not-assessed');
  if (withheld?.modic.status === 'not-assessed') return [notAssessed('Modic ', withheld.modic.reason)];
  return facing.length > 0 ? [muted('no Modic change')] : [];
}

function changeLine({ modic, vertebraLevel, vertebraId, position }: EndplateFinding): DiscLine[] {
  if (modic.status !== 'assessed' || modic.value.type === 'none') return [];
  const { type, mixedOf } = modic.value;
  const name =
    type === 'mixed' ? `mixed${mixedOf ? ` ${typeText(mixedOf[0])}/${typeText(mixedOf[1])}` : ''}` : typeText(type);
  const where = `${vertebraLevel ?? vertebraId.replace('vertebra-', 'v')} ${position}`;
  return [{ text: `Modic ${name}, ${where}`, tone: 'finding', kind: MODIC_KIND[type] }];
}

function typeText(type: '1' | '2' | '3-possible'): string {
  return type === '3-possible' ? '3 (possible)' : type;
}

function signalLines({ signal }: DiscFinding): DiscLine[] {
  if (signal.status !== 'assessed') return [];
  return [{ text: `Pfirrmann-like grade ${signal.value.pfirrmannLike}`, tone: 'plain' }];
}

function shapeLines({ heights, slip }: DiscFinding): DiscLine[] {
  const lines: DiscLine[] = [];
  if (heights.status === 'assessed') {
    const { anteriorMm, middleMm, posteriorMm } = heights.value;
    lines.push({ text: `height ${[anteriorMm, middleMm, posteriorMm].map(figure).join(' / ')} mm`, tone: 'plain' });
    lines.push(muted('in front / middle / behind'));
  }
  if (slip.status === 'assessed') lines.push({ text: `slip ${figure(slip.value.slipMm)} mm`, tone: 'plain' });
  return lines;
}

function notAssessed(what: string, reason: Reason): DiscLine {
  return { text: `${what}not assessed: ${inSentence(reasonConcept(reason.code).meaning)}`, tone: 'muted' };
}

function muted(text: string): DiscLine {
  return { text, tone: 'muted' };
}

/** Two figures of meaning, no more than the measurement has. */
function figure(value: number): string {
  return Math.abs(value) >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
