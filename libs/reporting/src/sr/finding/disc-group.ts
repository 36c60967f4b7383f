import { type DiscFinding, type Heights, type StudyFindings } from '@endplate/findings';
import { discSite } from '../../code/anatomy-code';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { UNIT } from '../../code/unit';
import { type ReportText } from '../../text/report-text';
import { type ContentItem } from '../content/content-item';
import { type CoordinateKind, graphicOf, type MeasurementGroupInput } from '../template/measurement-group';
import { planarGroup } from '../template/tid-1410';
import { volumetricGroup } from '../template/tid-1411';
import { genericGroup } from '../template/tid-1501';
import { evaluation, measurement } from '../template/tid-300';
import { calcificationItems } from './calcification-items';
import { trackDisc } from './tracking';
import { given, withheldItems } from './withheld';

const GRADE = [PRIVATE.grade1, PRIVATE.grade2, PRIVATE.grade3, PRIVATE.grade4, PRIVATE.grade5] as const;

/** Measurement group of one disc: volumetric where volumes were measured, else planar, else without a region. */
export function discGroup(
  findings: StudyFindings,
  disc: DiscFinding,
  coordinates: CoordinateKind,
  words: ReportText,
): ContentItem {
  const input: MeasurementGroupInput = {
    ...trackDisc(findings, disc, words),
    finding: CODE.disc,
    findingSite: discSite(disc.level),
    items: [...calcificationItems(disc), ...signalItems(disc), ...shapeItems(disc), ...withheld(disc, words)],
  };
  const graphic = graphicOf(disc.outlines, coordinates);
  if (graphic?.kind !== 'image') return genericGroup(input, graphic);
  return disc.calcification.status === 'assessed' ? volumetricGroup(input, graphic) : planarGroup(input, graphic);
}

/** Heights in front, in the middle and behind. */
export function heightItems(heights: Heights): ContentItem[] {
  return [
    measurement(CODE.height, heights.anteriorMm, UNIT.mm, { part: CODE.anterior, method: PRIVATE.methodEndplates }),
    measurement(CODE.height, heights.middleMm, UNIT.mm, { part: CODE.middle, method: PRIVATE.methodEndplates }),
    measurement(CODE.height, heights.posteriorMm, UNIT.mm, { part: CODE.posterior, method: PRIVATE.methodEndplates }),
  ];
}

function signalItems(disc: DiscFinding): ContentItem[] {
  return given(disc.signal, (signal, confidence) => [
    evaluation(PRIVATE.pfirrmannLike, GRADE[signal.pfirrmannLike - 1] ?? PRIVATE.grade5, confidence),
    measurement(PRIVATE.t2Ratio, signal.t2RatioToCsf, UNIT.ratio, { derivation: CODE.median }),
  ]);
}

function shapeItems(disc: DiscFinding): ContentItem[] {
  return [
    ...given(disc.heights, heightItems),
    ...given(disc.heightIndex, (index) => [measurement(PRIVATE.heightIndex, index, UNIT.ratio)]),
    ...given(disc.wedgeDeg, (wedge) => [measurement(PRIVATE.discWedge, wedge, UNIT.degree)]),
    ...given(disc.slip, (slip) => [
      measurement(PRIVATE.slip, slip.slipMm, UNIT.mm),
      measurement(PRIVATE.slipPercent, slip.percentOfEndplate, UNIT.percent),
    ]),
  ];
}

function withheld(disc: DiscFinding, words: ReportText): ContentItem[] {
  return withheldItems(
    [
      [words.say('what.calcification'), disc.calcification],
      [words.say('what.gas'), disc.vacuum],
      [words.say('what.signal'), disc.signal],
      [words.say('what.heights'), disc.heights],
      [words.say('what.heightIndex'), disc.heightIndex],
      [words.say('what.wedge'), disc.wedgeDeg],
      [words.say('what.slip'), disc.slip],
    ],
    words,
  );
}
