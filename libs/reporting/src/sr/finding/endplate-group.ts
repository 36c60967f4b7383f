import { type EndplateFinding, type Modic, type StudyFindings } from '@endplate/findings';
import { vertebraSite } from '../../code/anatomy-code';
import { type CodedConcept } from '../../code/coded-concept';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { UNIT } from '../../code/unit';
import { type ReportText } from '../../text/report-text';
import { type ContentItem, text } from '../content/content-item';
import { type MeasurementGroupInput } from '../template/measurement-group';
import { evaluation, measurement } from '../template/tid-300';
import { type ReportForm } from './report-form';
import { structureGroup } from './structure-group';
import { trackEndplate } from './tracking';
import { given, withheldItems } from './withheld';

const TYPE = {
  none: PRIVATE.modicNone,
  '1': PRIVATE.modic1,
  '2': PRIVATE.modic2,
  '3-possible': PRIVATE.modic3,
  mixed: PRIVATE.modicMixed,
} as const satisfies Record<Modic['type'], CodedConcept>;

const VOXELS = { method: PRIVATE.methodVoxels } as const;
const MARROW = { derivation: CODE.median, method: PRIVATE.methodMarrow } as const;

/** Measurement group of one endplate: planar with the outline of the change, else on its vertebra's segment or without a region. */
export function endplateGroup(findings: StudyFindings, endplate: EndplateFinding, form: ReportForm): ContentItem {
  const { words } = form;
  const input: MeasurementGroupInput = {
    ...trackEndplate(findings, endplate, words),
    finding: PRIVATE.endplate,
    findingSite: vertebraSite(endplate.vertebraLevel, endplate.vertebraId),
    topographicalModifier: endplate.position === 'superior' ? CODE.superior : CODE.inferior,
    items: [
      ...given(endplate.modic, (modic, confidence) => modicItems(modic, confidence, words)),
      ...withheldItems([[words.say('what.modic'), endplate.modic]], words),
    ],
  };
  const outlines = endplate.modic.status === 'assessed' ? endplate.modic.value.outlines : [];
  return structureGroup(input, outlines, endplate.vertebraId, form);
}

function modicItems(modic: Modic, confidence: number, words: ReportText): ContentItem[] {
  const mixed = modic.type === 'mixed' ? modic.mixedOf : undefined;
  return [
    evaluation(PRIVATE.modic, TYPE[modic.type], confidence),
    ...(mixed
      ? [evaluation(PRIVATE.modicLarger, TYPE[mixed[0]]), evaluation(PRIVATE.modicSmaller, TYPE[mixed[1]])]
      : []),
    measurement(PRIVATE.modicT1Ratio, modic.t1Ratio, UNIT.ratio, MARROW),
    measurement(PRIVATE.modicT2Ratio, modic.t2Ratio, UNIT.ratio, MARROW),
    // A change that a reader alone called has no size.
    ...(modic.type === 'none' || modic.areaMm2 === 0
      ? []
      : [
          measurement(CODE.area, modic.areaMm2, UNIT.mm2, { derivation: CODE.maximum }),
          measurement(PRIVATE.modicHeightPercent, modic.heightPercent, UNIT.percent, VOXELS),
          measurement(PRIVATE.modicContact, modic.apFraction, UNIT.ratio, VOXELS),
        ]),
    ...(modic.focalLesion
      ? [measurement(PRIVATE.focalLesionArea, modic.focalLesion.areaMm2, UNIT.mm2, { derivation: CODE.maximum })]
      : []),
    ...modic.caveats.map((caveat) => text('CONTAINS', CODE.comment, words.sentence(caveat))),
  ];
}
