import { assessed, notAssessed, type StudyFindings } from '@endplate/findings';
import { type ReportProfile } from '../sr/document/structured-report';
import { inSpace, someCalcification, type someContext, someFindings, someModic } from './some-findings';

const withheld = notAssessed<never>('METAL', 'Metal lies beside the disc.');
const nothing = { heights: withheld, heightIndex: withheld, wedgeDeg: withheld, slip: withheld, calcification: withheld, vacuum: withheld, signal: withheld }; // prettier-ignore

function everyKindOnMr(): StudyFindings {
  const mr = someFindings('MR').withDiscs(6).withVertebrae(6);
  for (const type of ['none', '1', '2', '3-possible', 'mixed'] as const) {
    const mixed = type === 'mixed' ? { mixedOf: ['1', '2'] as ['1', '2'] } : {};
    mr.withEndplate(
      assessed(someModic({ type, ...mixed, outlines: [mr.outline(0)], caveats: ['Infection is not excluded.'] }), 0.7),
    );
  }
  return mr
    .withEndplate(withheld)
    .with({ version: 2, predecessorVersion: 1, remarks: ['Série à relire.'] })
    .build();
}

function twelveLevels(): StudyFindings {
  const ct = someFindings('CT').withDiscs(9).withVertebrae(10);
  ct.withDisc({ outlines: [inSpace(ct.outline(9))], vacuum: assessed({ present: true, volumeMm3: 88 }, 0.9) });
  ct.withDisc({ ...nothing, outlines: [] });
  return ct.withDisc({ calcification: assessed(someCalcification({ present: false, islands: [] }), 0.5) }).build();
}

/** Names in three scripts and a number that is none. */
const UNICODE = { PatientName: 'Müller^Zoë=王^小東', PatientID: 'Ж-1', StudyDescription: 'Wirbelsäule' };
/** A study that reports have trouble with. */
export interface EdgeCase {
  readonly name: string;
  readonly findings: () => StudyFindings;
  readonly profile: ReportProfile;
  readonly source: Parameters<typeof someContext>[0];
}

/** No findings, everything abstained, twelve levels, every kind of change, names in many scripts, attributes without a value. */
export const EDGE_CASES: readonly EdgeCase[] = [
  { name: 'CT, no findings', findings: () => someFindings('CT').build(), profile: 'comprehensive-3d', source: {} },
  { name: 'MR, no findings', findings: () => someFindings('MR').build(), profile: 'comprehensive', source: {} },
  { name: 'CT, everything abstained', findings: () => someFindings('CT').withDiscs(5, { ...nothing, level: null, outlines: [] }).build(), profile: 'comprehensive', source: {} },
  { name: 'CT, twelve levels, outlines on images, in space and none', findings: twelveLevels, profile: 'comprehensive-3d', source: UNICODE },
  { name: 'CT, twelve levels', findings: twelveLevels, profile: 'comprehensive', source: UNICODE },
  { name: 'MR, version 2, every kind of Modic change', findings: everyKindOnMr, profile: 'comprehensive-3d', source: UNICODE },
  { name: 'MR, version 2, empty source attributes', findings: everyKindOnMr, profile: 'comprehensive', source: { PatientName: null, PatientSex: null, StudyID: null } },
]; // prettier-ignore
