import { type DiscFinding, type Heights, type StudyFindings } from '@endplate/findings';
import { discSite } from '../../code/anatomy-code';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { UNIT } from '../../code/unit';
import { type ReportText } from '../../text/report-text';
import { type ContentItem } from '../content/content-item';
import { graphicOf, type MeasurementGroupInput } from '../template/measurement-group';
import { planarGroup } from '../template/tid-1410';
import { segmentGroup, volumetricGroup } from '../template/tid-1411';
import { genericGroup } from '../template/tid-1501';
import { evaluation, measurement } from '../template/tid-300';
import { calcificationItems } from './calcification-items';
import { type ReportForm } from './report-form';
import { trackDisc, trackDiscOutline } from './tracking';
import { given, withheldItems } from './withheld';

const GRADE = [PRIVATE.grade1, PRIVATE.grade2, PRIVATE.grade3, PRIVATE.grade4, PRIVATE.grade5] as const;
const LINES = { method: PRIVATE.methodLines } as const;

/**
 * Measurement groups of one disc. With its segment: a volumetric group that refers to it and holds every number, and
 * the outline in a group of its own. Without: one group, volumetric where volumes were measured, else planar, else
 * without a region.
 */
export function discGroups(findings: StudyFindings, disc: DiscFinding, form: ReportForm): ContentItem[] {
  const { coordinates, words, segmentation } = form;
  const input: MeasurementGroupInput = {
    ...trackDisc(findings, disc, words),
    finding: CODE.disc,
    findingSite: discSite(disc.level),
    items: [...calcificationItems(disc), ...signalItems(disc), ...shapeItems(disc), ...withheld(disc, words)],
  };
  const graphic = graphicOf(disc.outlines, coordinates);
  const segment = segmentation?.segmentOf.get(disc.id);
  if (segmentation && segment !== undefined) {
    const outline = { ...input, trackingUID: trackDiscOutline(findings, disc), items: [] };
    return [segmentGroup(input, segmentation, segment), ...(graphic?.kind === 'image' ? [planarGroup(outline, graphic)] : [])]; // prettier-ignore
  }
  if (graphic?.kind !== 'image') return [genericGroup(input, graphic)];
  return [disc.calcification.status === 'assessed' ? volumetricGroup(input, graphic) : planarGroup(input, graphic)];
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
    ...given(disc.heightIndex, (index) => [
      measurement(PRIVATE.heightIndex, index, UNIT.ratio, { method: PRIVATE.methodEndplates }),
    ]),
    ...given(disc.wedgeDeg, (wedge) => [measurement(PRIVATE.discWedge, wedge, UNIT.degree, LINES)]),
    ...given(disc.slip, (slip) => [
      measurement(PRIVATE.slip, slip.slipMm, UNIT.mm, LINES),
      measurement(PRIVATE.slipPercent, slip.percentOfEndplate, UNIT.percent, LINES),
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
