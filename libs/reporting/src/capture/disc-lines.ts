import {
  type DiscFinding,
  type EndplateFinding,
  type KeyOutlineKind,
  type Modic,
  type Reason,
  type StudyFindings,
} from '@endplate/findings';
import { endplateName, modicType } from '../text/finding-name';
import { type ReportText } from '../text/report-text';

/** One line of text about a disc; `kind` gives it the colour of what it speaks of. */
export interface DiscLine {
  readonly text: string;
  readonly tone: 'finding' | 'plain' | 'muted';
  readonly kind?: KeyOutlineKind;
}

const MODIC_KIND: Readonly<Record<Exclude<Modic['type'], 'none'>, KeyOutlineKind>> = {
  '1': 'modic-1',
  '2': 'modic-2',
  '3-possible': 'modic-3-possible',
  mixed: 'modic-mixed',
};

/** What a key image says of a disc: on CT calcification and gas, on MR the endplates that face it and its signal. */
export function discLines(
  findings: StudyFindings,
  disc: DiscFinding,
  modality: string,
  full: boolean,
  words: ReportText,
): DiscLine[] {
  const lines =
    modality === 'CT'
      ? [...calcificationLines(disc, full, words), ...gasLines(disc, words)]
      : [...modicLines(findings, disc, words), ...signalLines(disc, words)];
  return full ? [...lines, ...shapeLines(disc, words)] : lines;
}

function calcificationLines({ calcification }: DiscFinding, full: boolean, words: ReportText): DiscLine[] {
  if (calcification.status === 'not-assessed') return [notAssessed('line.notAssessed', calcification.reason, words)];
  const c = calcification.value;
  if (!c.present) {
    return [
      muted(words.say('line.noCalcification')),
      ...(full ? [muted(words.say('line.wouldShow', { mm: words.figure(c.smallestDetectableMm) }))] : []),
    ];
  }
  const sites = [...new Set(c.islands.map((island) => words.phrase(`site.${island.site}`)))];
  return [
    {
      text: words.say('line.calcified', {
        volume: words.figure(c.volumeMm3),
        percent: words.figure(c.percentOfDisc),
      }),
      tone: 'finding',
      kind: 'calcification',
    },
    ...(full ? [{ text: words.list(sites), tone: 'plain' } as const] : []),
    ...(full && c.meanHU !== undefined && c.maxHU !== undefined
      ? [
          {
            text: words.say('line.attenuation', { mean: Math.round(c.meanHU), max: Math.round(c.maxHU) }),
            tone: 'plain',
          } as const,
        ]
      : []),
  ];
}

function gasLines({ vacuum }: DiscFinding, words: ReportText): DiscLine[] {
  if (vacuum.status !== 'assessed' || !vacuum.value.present) return [];
  return [
    { text: words.say('line.gas', { volume: words.figure(vacuum.value.volumeMm3) }), tone: 'finding', kind: 'vacuum' },
  ];
}

function modicLines(findings: StudyFindings, disc: DiscFinding, words: ReportText): DiscLine[] {
  // Cranial first: the inferior endplate of the vertebra above.
  const facing = findings.endplates
    .filter((endplate) => endplate.discId === disc.id)
    .sort((a, b) => (a.position < b.position ? -1 : 1));
  const changes = facing.flatMap((endplate) => changeLine(endplate, words));
  if (changes.length > 0) return changes;
  const withheld = facing.find(({ modic }) => modic.status === 'not-assessed');
  if (withheld?.modic.status === 'not-assessed')
    return [notAssessed('line.modicNotAssessed', withheld.modic.reason, words)];
  return facing.length > 0 ? [muted(words.say('line.noModic'))] : [];
}

function changeLine(endplate: EndplateFinding, words: ReportText): DiscLine[] {
  const { modic } = endplate;
  if (modic.status !== 'assessed' || modic.value.type === 'none') return [];
  const { type, mixedOf } = modic.value;
  const both = type === 'mixed' && mixedOf ? ` ${mixedOf.map((one) => modicType(one, words)).join('/')}` : '';
  const said = { type: modicType(type, words) + both, where: endplateName(endplate, words) };
  return [{ text: words.say('line.modic', said), tone: 'finding', kind: MODIC_KIND[type] }];
}

function signalLines({ signal }: DiscFinding, words: ReportText): DiscLine[] {
  if (signal.status !== 'assessed') return [];
  return [{ text: words.say('line.pfirrmann', { grade: signal.value.pfirrmannLike }), tone: 'plain' }];
}

function shapeLines({ heights, slip }: DiscFinding, words: ReportText): DiscLine[] {
  const lines: DiscLine[] = [];
  if (heights.status === 'assessed') {
    const { anteriorMm, middleMm, posteriorMm } = heights.value;
    const all = [anteriorMm, middleMm, posteriorMm].map((value) => words.figure(value)).join(' / ');
    lines.push({ text: words.say('line.height', { heights: all }), tone: 'plain' });
    lines.push(muted(words.say('line.heightParts')));
  }
  if (slip.status === 'assessed')
    lines.push({ text: words.say('line.slip', { mm: words.figure(slip.value.slipMm) }), tone: 'plain' });
  return lines;
}

function notAssessed(key: 'line.notAssessed' | 'line.modicNotAssessed', reason: Reason, words: ReportText): DiscLine {
  return muted(words.say(key, { reason: words.reason(reason.code) }));
}

function muted(text: string): DiscLine {
  return { text, tone: 'muted' };
}
