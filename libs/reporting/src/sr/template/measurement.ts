import { type Assessment, type Calcification, type DiscFinding, type Modic } from '@endplate/findings';
import { CODE, type CodedConcept, PRIVATE, UNIT } from '../../code/coded-concept';
import { code, type ContentItem, num, text } from '../content/content-item';

const SITE = {
  nucleus: PRIVATE.siteNucleus,
  'annulus-anterior': PRIVATE.siteAnterior,
  'annulus-posterior': PRIVATE.sitePosterior,
  'annulus-lateral': PRIVATE.siteLateral,
  'endplate-adjacent': PRIVATE.siteEndplate,
} as const satisfies Record<Calcification['islands'][number]['site'], CodedConcept>;

const MODIC = {
  none: PRIVATE.modicNone,
  '1': PRIVATE.modic1,
  '2': PRIVATE.modic2,
  '3-possible': PRIVATE.modic3,
  mixed: PRIVATE.modicMixed,
} as const satisfies Record<Modic['type'], CodedConcept>;

const GRADE = [PRIVATE.grade1, PRIVATE.grade2, PRIVATE.grade3, PRIVATE.grade4, PRIVATE.grade5] as const;

/** The numbers and qualitative evaluations of one disc; what was withheld is said with its reason. */
export function discItems(disc: DiscFinding): ContentItem[] {
  return [
    ...given(disc.heights, 'Disc heights', (h) => [
      num(PRIVATE.heightAnterior, h.anteriorMm, UNIT.mm),
      num(PRIVATE.heightMiddle, h.middleMm, UNIT.mm),
      num(PRIVATE.heightPosterior, h.posteriorMm, UNIT.mm),
    ]),
    ...given(disc.heightIndex, 'Disc height index', (index) => [num(PRIVATE.heightIndex, index, UNIT.ratio)]),
    ...given(disc.wedgeDeg, 'Disc wedge', (wedge) => [num(PRIVATE.wedge, wedge, UNIT.degree)]),
    ...given(disc.slip, 'Slip', (slip) => [
      num(PRIVATE.slip, slip.slipMm, UNIT.mm),
      num(PRIVATE.slipPercent, slip.percentOfEndplate, UNIT.percent),
    ]),
    ...calcificationItems(disc.calcification),
    ...vacuumItems(disc),
    ...given(disc.signal, 'Disc signal', (signal) => [
      num(PRIVATE.t2Ratio, signal.t2RatioToCsf, UNIT.ratio),
      code('CONTAINS', PRIVATE.pfirrmannLike, GRADE[signal.pfirrmannLike - 1] ?? PRIVATE.grade5),
    ]),
  ];
}

/** The numbers and qualitative evaluations of one endplate. */
export function modicItems(modic: Assessment<Modic>): ContentItem[] {
  return given(modic, 'Modic change', (m) => [
    code('CONTAINS', PRIVATE.modic, MODIC[m.type]),
    num(PRIVATE.modicT1Ratio, m.t1Ratio, UNIT.ratio),
    num(PRIVATE.modicT2Ratio, m.t2Ratio, UNIT.ratio),
    ...(m.type === 'none' ? [] : [num(PRIVATE.modicArea, m.areaMm2, UNIT.mm2)]),
    ...m.caveats.map((caveat) => text('CONTAINS', CODE.comment, caveat)),
  ]);
}

function calcificationItems(calcification: DiscFinding['calcification']): ContentItem[] {
  if (calcification.status === 'not-assessed') {
    return [
      code('CONTAINS', CODE.calcification, CODE.undetermined),
      notAssessed('Calcification', calcification.reason.text),
    ];
  }
  const c = calcification.value;
  const sites = [...new Set(c.islands.map((island) => island.site))];
  return [
    code('CONTAINS', CODE.calcification, c.present ? CODE.present : CODE.absent),
    num(PRIVATE.calcifiedVolume, c.volumeMm3, UNIT.mm3),
    num(PRIVATE.calcifiedPercent, c.percentOfDisc, UNIT.percent),
    num(CODE.volume, c.discVolumeMm3, UNIT.mm3),
    num(PRIVATE.boneContinuousVolume, c.boneContinuousVolumeMm3, UNIT.mm3),
    num(PRIVATE.agatstonLike, c.agatstonLike, UNIT.ratio),
    num(PRIVATE.smallestDetectable, c.smallestDetectableMm, UNIT.mm),
    ...attenuation(c.meanHU, CODE.mean),
    ...attenuation(c.maxHU, CODE.maximum),
    ...sites.map((site) => code('CONTAINS', PRIVATE.site, SITE[site])),
  ];
}

function attenuation(value: number | undefined, derivation: CodedConcept): ContentItem[] {
  if (value === undefined) return [];
  return [
    num(PRIVATE.calcificationAttenuation, value, UNIT.hu, [code('HAS CONCEPT MOD', CODE.derivation, derivation)]),
  ];
}

function vacuumItems(disc: DiscFinding): ContentItem[] {
  return given(disc.vacuum, 'Intradiscal gas', (vacuum) => [
    code('CONTAINS', PRIVATE.vacuum, vacuum.present ? CODE.present : CODE.absent),
    num(PRIVATE.vacuumVolume, vacuum.volumeMm3, UNIT.mm3),
  ]);
}

function given<T>(assessment: Assessment<T>, what: string, items: (value: T) => ContentItem[]): ContentItem[] {
  return assessment.status === 'assessed' ? items(assessment.value) : [notAssessed(what, assessment.reason.text)];
}

function notAssessed(what: string, why: string): ContentItem {
  return text('CONTAINS', PRIVATE.notAssessed, `${what}: ${why}`);
}
