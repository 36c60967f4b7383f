import { type StudyFindings, type VertebraFinding } from '@endplate/findings';
import { vertebraSite } from '../../code/anatomy-code';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { UNIT } from '../../code/unit';
import { type ReportText } from '../../text/report-text';
import { type ContentItem } from '../content/content-item';
import { type MeasurementGroupInput } from '../template/measurement-group';
import { measurement } from '../template/tid-300';
import { heightItems } from './disc-group';
import { type ReportForm } from './report-form';
import { structureGroup } from './structure-group';
import { trackVertebra } from './tracking';
import { given, type NamedAssessment, withheldItems } from './withheld';

const SIDE = { superior: CODE.superior, inferior: CODE.inferior } as const;
const SIDES = ['superior', 'inferior'] as const;

/** How deep each endplate is dented; 0 is a smooth one. */
function dentItems({ endplateDefects }: VertebraFinding): ContentItem[] {
  if (!endplateDefects) return [];
  return SIDES.flatMap((side) =>
    given(endplateDefects[side], ({ depthMm }) => [
      measurement(PRIVATE.dentDepth, depthMm, UNIT.mm, { part: SIDE[side] }),
    ]),
  );
}

/** Both endplates, where dents were looked for; those of MR, where they never are, are not named one by one. */
function dents({ endplateDefects }: VertebraFinding, words: ReportText): NamedAssessment[] {
  if (!endplateDefects) return [];
  return SIDES.map((side) => endplateDefects[side])
    .filter((one) => one.status === 'assessed' || one.reason.code !== 'NEEDS_CT')
    .map((one) => [words.say('what.dents'), one]);
}

/** Measurement group of one vertebral body: heights and wedge on the plane of its outline. */
export function vertebraGroup(findings: StudyFindings, vertebra: VertebraFinding, form: ReportForm): ContentItem {
  const { words } = form;
  const input: MeasurementGroupInput = {
    ...trackVertebra(findings, vertebra, words),
    finding: CODE.vertebra,
    findingSite: vertebraSite(vertebra.level, vertebra.id),
    items: [
      ...given(vertebra.heights, heightItems),
      ...(vertebra.wedgePercent === undefined
        ? []
        : [measurement(PRIVATE.bodyWedge, vertebra.wedgePercent, UNIT.percent, { method: PRIVATE.methodEndplates })]),
      ...dentItems(vertebra),
      ...withheldItems([[words.say('what.heights'), vertebra.heights], ...dents(vertebra, words)], words),
    ],
  };
  return structureGroup(input, vertebra.outlines, vertebra.id, form);
}
