import { type StudyFindings, type VertebraFinding } from '@endplate/findings';
import { vertebraSite } from '../../code/anatomy-code';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { UNIT } from '../../code/unit';
import { type ReportText } from '../../text/report-text';
import { type ContentItem } from '../content/content-item';
import { type CoordinateKind, graphicOf, type MeasurementGroupInput } from '../template/measurement-group';
import { planarGroup } from '../template/tid-1410';
import { genericGroup } from '../template/tid-1501';
import { measurement } from '../template/tid-300';
import { heightItems } from './disc-group';
import { trackVertebra } from './tracking';
import { given, withheldItems } from './withheld';

/** Measurement group of one vertebral body: heights and wedge on the plane of its outline. */
export function vertebraGroup(
  findings: StudyFindings,
  vertebra: VertebraFinding,
  coordinates: CoordinateKind,
  words: ReportText,
): ContentItem {
  const input: MeasurementGroupInput = {
    ...trackVertebra(findings, vertebra, words),
    finding: CODE.vertebra,
    findingSite: vertebraSite(vertebra.level, vertebra.id),
    items: [
      ...given(vertebra.heights, heightItems),
      ...(vertebra.wedgePercent === undefined
        ? []
        : [measurement(PRIVATE.bodyWedge, vertebra.wedgePercent, UNIT.percent)]),
      ...withheldItems([[words.say('what.heights'), vertebra.heights]], words),
    ],
  };
  const graphic = graphicOf(vertebra.outlines, coordinates);
  return graphic?.kind === 'image' ? planarGroup(input, graphic) : genericGroup(input, graphic);
}
