import { type ApartPiece, type Calcification, type DiscFinding } from '@endplate/findings';
import { type CodedConcept } from '../../code/coded-concept';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { UNIT } from '../../code/unit';
import { type ContentItem } from '../content/content-item';
import { evaluation, measurement } from '../template/tid-300';
import { given } from './withheld';

const SITE = {
  nucleus: PRIVATE.siteNucleus,
  'annulus-anterior': PRIVATE.siteAnterior,
  'annulus-posterior': PRIVATE.sitePosterior,
  'annulus-lateral': PRIVATE.siteLateral,
  'endplate-adjacent': PRIVATE.siteEndplate,
} as const satisfies Record<Calcification['islands'][number]['site'], CodedConcept>;

const KIND = {
  'endplate-continuous': PRIVATE.boneContinuousEndplate,
  'osteophyte-candidate': PRIVATE.boneContinuousOsteophyte,
  'bridge-candidate': PRIVATE.boneContinuousBridge,
} as const satisfies Record<ApartPiece['kind'], CodedConcept>;

const THRESHOLD = { method: PRIVATE.methodThreshold } as const;
const VOXELS = { method: PRIVATE.methodVoxels } as const;

/** Calcification and gas of one disc: present, absent or undetermined, then what was measured. */
export function calcificationItems(disc: Pick<DiscFinding, 'calcification' | 'vacuum'>): ContentItem[] {
  return [
    ...(disc.calcification.status === 'assessed'
      ? calcification(disc.calcification.value, disc.calcification.confidence)
      : [evaluation(CODE.calcification, CODE.undetermined)]),
    ...given(disc.vacuum, (gas, confidence) => [
      evaluation(PRIVATE.gas, gas.present ? CODE.present : CODE.absent, confidence),
      ...(gas.present ? [measurement(PRIVATE.gasVolume, gas.volumeMm3, UNIT.mm3, THRESHOLD)] : []),
    ]),
  ];
}

function calcification(c: Calcification, confidence: number): ContentItem[] {
  const kinds = [...new Set((c.boneContinuous ?? []).map(({ kind }) => kind))];
  const sites = [...new Set(c.islands.map((island) => island.site))];
  // A reader's calcification has a volume and nothing that was measured.
  const stated = c.present && c.islands.length === 0;
  const content = { method: stated ? PRIVATE.methodReader : PRIVATE.methodContent };
  return [
    evaluation(CODE.calcification, c.present ? CODE.present : CODE.absent, confidence),
    ...sites.map((site) => evaluation(PRIVATE.site, SITE[site])),
    measurement(PRIVATE.calcifiedVolume, c.volumeMm3, UNIT.mm3, content),
    measurement(CODE.calcificationPercent, c.percentOfDisc, UNIT.percent, content),
    ...(stated ? [] : [measurement(CODE.calcificationCount, c.islands.length, UNIT.ratio, VOXELS)]),
    ...attenuation(c.meanHU, CODE.mean),
    ...(c.p95HU === undefined ? [] : [measurement(PRIVATE.attenuationP95, c.p95HU, UNIT.hounsfield, VOXELS)]),
    ...attenuation(c.maxHU, CODE.maximum),
    measurement(CODE.volume, c.discVolumeMm3, UNIT.mm3, VOXELS),
    measurement(PRIVATE.volumeOver130, c.sensitivityBandMm3.over130, UNIT.mm3, THRESHOLD),
    measurement(PRIVATE.volumeOver160, c.sensitivityBandMm3.over160, UNIT.mm3, THRESHOLD),
    measurement(PRIVATE.volumeOver200, c.sensitivityBandMm3.over200, UNIT.mm3, THRESHOLD),
    measurement(PRIVATE.boneContinuousVolume, c.boneContinuousVolumeMm3, UNIT.mm3, VOXELS),
    ...kinds.map((kind) => evaluation(PRIVATE.boneContinuousKind, KIND[kind])),
    ...(stated ? [] : [measurement(PRIVATE.agatstonLike, c.agatstonLike, UNIT.ratio, THRESHOLD)]),
    measurement(PRIVATE.smallestDetectable, c.smallestDetectableMm, UNIT.mm, THRESHOLD),
  ];
}

function attenuation(value: number | undefined, derivation: CodedConcept): ContentItem[] {
  return value === undefined
    ? []
    : [measurement(PRIVATE.calcificationAttenuation, value, UNIT.hounsfield, { derivation })];
}
