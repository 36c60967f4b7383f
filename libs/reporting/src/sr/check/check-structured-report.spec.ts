import { encodePart10, type NaturalDataset, readPart10, Tag } from '@endplate/dicom';
import { assessed } from '@endplate/findings';
import { inSpace, someContext, someFindings, someModic } from '../../testing/some-findings';
import { encodeContent } from '../content/encode-content';
import { reportContent } from '../document/report-content';
import { renderStructuredReport } from '../document/structured-report';
import { checkStructuredReport } from './check-structured-report';

const findings = someFindings('CT').withDiscs(2).build();
const bytes = renderStructuredReport(findings, someContext(), 'comprehensive');

/** Our report as a natural data set that can be spoilt. */
function report(): Record<string, NaturalDataset[string]> {
  const content = encodeContent(reportContent(findings, someContext(), 'image'));
  const { dataSet } = readPart10(bytes);
  const text = (keyword: keyof typeof Tag): string | null => dataSet.string(Tag[keyword]) ?? null;
  const keywords = ['SOPClassUID', 'SOPInstanceUID', 'StudyInstanceUID', 'SeriesInstanceUID', 'SeriesNumber', 'InstanceNumber', 'ContentDate', 'ContentTime', 'CompletionFlag', 'VerificationFlag', 'Manufacturer', 'PatientName', 'PatientID', 'PatientBirthDate', 'PatientSex', 'StudyDate', 'StudyTime', 'ReferringPhysicianName', 'StudyID', 'AccessionNumber', 'Modality'] as const; // prettier-ignore
  return {
    ...Object.fromEntries(keywords.map((keyword) => [keyword, text(keyword)])),
    CurrentRequestedProcedureEvidenceSequence: [
      {
        StudyInstanceUID: findings.studyInstanceUID,
        ReferencedSeriesSequence: findings.series.map((series) => ({
          SeriesInstanceUID: series.seriesInstanceUID,
          ReferencedSOPSequence: series.instances.map((instance) => ({
            ReferencedSOPClassUID: instance.sopClassUID,
            ReferencedSOPInstanceUID: instance.sopInstanceUID,
          })),
        })),
      },
    ],
    ...structuredClone(content),
  };
}

type Item = Record<string, unknown> & { ContentSequence: Item[]; ConceptNameCodeSequence: { CodeMeaning: string }[] };
const child = (item: Item, meaning: string): Item =>
  item.ContentSequence.find((c) => c.ConceptNameCodeSequence?.[0]?.CodeMeaning === meaning)!;
const groupsOf = (root: Item): Item[] =>
  child(root, 'Imaging Measurements').ContentSequence.filter(
    (c) => c.ConceptNameCodeSequence[0]!.CodeMeaning === 'Measurement Group',
  );

describe('checkStructuredReport', () => {
  it.each(['enhanced', 'comprehensive', 'comprehensive-3d'] as const)(
    'finds nothing in our reports (%s)',
    (profile) => {
      const mr = someFindings('MR').withDiscs(3).withVertebrae(3);
      mr.withEndplate(assessed(someModic({ type: 'mixed', mixedOf: ['1', '2'], outlines: [mr.outline(0)] }), 0.8));
      const ct = someFindings('CT');
      ct.withDisc({ level: null, outlines: [inSpace(ct.outline(0))] });
      for (const one of [mr.build(), ct.build(), someFindings('CT').build(), findings]) {
        expect(checkStructuredReport(renderStructuredReport(one, someContext(), profile))).toEqual([]);
      }
    },
  );

  it('finds nothing in the unspoilt data set of this spec', () => {
    expect(checkStructuredReport(encodePart10(report()))).toEqual([]);
  });

  it.each<[string, (root: Item) => void, RegExp]>([
    ['a verified report', (r) => (r['VerificationFlag'] = 'VERIFIED'), /claims to be verified/],
    ['another modality', (r) => (r['Modality'] = 'OT'), /modality is not SR/],
    [
      'another SOP class',
      (r) => (r['SOPClassUID'] = '1.2.840.10008.5.1.4.1.1.88.11'),
      /neither Enhanced SR nor Comprehensive SR/,
    ],
    ['a missing type 2 attribute', (r) => delete r['PatientID'], /PatientID is missing/],
    ['a missing type 1 value', (r) => (r['SeriesInstanceUID'] = null), /SeriesInstanceUID is missing/],
    ['a value too long', (r) => (r['AccessionNumber'] = '12345678901234567'), /more than 16 characters/],
    ['a date that is none', (r) => (r['StudyDate'] = '2026-3-1'), /\(DA\) has a value/],
    [
      'evidence without an image',
      (r) => (r['CurrentRequestedProcedureEvidenceSequence'] = []),
      /evidence lists no image/,
    ],
    ['no language', (r) => r.ContentSequence.shift(), /one item "Language/],
    ['another template', (r) => delete r['ContentTemplateSequence'], /not that of TID 1500/],
    ['no intended use', (r) => child(r, 'Qualitative Evaluations').ContentSequence.shift(), /what it is intended for/],
    ['a group without tracking', (r) => groupsOf(r)[0]!.ContentSequence.splice(0, 2), /0 items "Tracking Identifier"/],
    [
      'a tracking UID used twice',
      (r) =>
        (child(groupsOf(r)[0]!, 'Tracking Unique Identifier')['UID'] = child(
          groupsOf(r)[1]!,
          'Tracking Unique Identifier',
        )['UID']),
      /is that of another group/,
    ],
    [
      'two graphics in a group',
      (r) => groupsOf(r)[0]!.ContentSequence.push(child(groupsOf(r)[0]!, 'Image Region')),
      /2 graphics/,
    ],
    [
      'a planar group without a graphic',
      (r) =>
        (groupsOf(r)[0]!.ContentSequence = groupsOf(r)[0]!.ContentSequence.filter((c) => c['ValueType'] !== 'SCOORD')),
      /no graphic/,
    ],
    [
      'an open outline',
      (r) => ((child(groupsOf(r)[0]!, 'Image Region')['GraphicData'] as number[])[0] = 1),
      /SCOORD is not closed/,
    ],
    [
      'coordinates in space in a class that has none',
      (r) => {
        const region = child(groupsOf(r)[0]!, 'Image Region');
        region['ValueType'] = 'SCOORD3D';
        region['ReferencedFrameOfReferenceUID'] = '1.2.3';
      },
      /only Comprehensive 3D SR/,
    ],
    [
      'a relationship that the IOD lacks',
      (r) => (child(groupsOf(r)[0]!, 'Finding')['RelationshipType'] = 'SELECTED FROM'),
      /may not have CODE as SELECTED FROM/,
    ],
    [
      'a private code with another meaning',
      (r) => (child(groupsOf(r)[0]!, 'Disc height index').ConceptNameCodeSequence[0]!.CodeMeaning = 'Something'),
      /not in our private scheme/,
    ],
    [
      'a code without a scheme',
      (r) =>
        delete (child(groupsOf(r)[0]!, 'Finding').ConceptNameCodeSequence[0] as Record<string, unknown>)[
          'CodingSchemeDesignator'
        ],
      /a code is incomplete/,
    ],
    [
      'a number without a unit',
      (r) =>
        delete (child(groupsOf(r)[0]!, 'Volume')['MeasuredValueSequence'] as Record<string, unknown>[])[0]![
          'MeasurementUnitsCodeSequence'
        ],
      /NUM has no unit/,
    ],
    ['an empty text', (r) => (child(groupsOf(r)[0]!, 'Tracking Identifier')['TextValue'] = ''), /TEXT is empty/],
    [
      'an image that the evidence lacks',
      (r) => {
        const [study] = r['CurrentRequestedProcedureEvidenceSequence'] as {
          ReferencedSeriesSequence: { ReferencedSOPSequence: unknown[] }[];
        }[];
        study!.ReferencedSeriesSequence[0]!.ReferencedSOPSequence.shift();
      },
      /which the evidence lacks/,
    ],
    [
      'itself as predecessor',
      (r) =>
        (r['PredecessorDocumentsSequence'] = [
          {
            StudyInstanceUID: '1.2',
            ReferencedSeriesSequence: [
              {
                SeriesInstanceUID: '1.2',
                ReferencedSOPSequence: [
                  { ReferencedSOPClassUID: r['SOPClassUID'], ReferencedSOPInstanceUID: r['SOPInstanceUID'] },
                ],
              },
            ],
          },
        ]),
      /itself as its predecessor/,
    ],
  ])('finds %s', (_, spoil, sentence) => {
    const spoilt = report();
    spoil(spoilt as unknown as Item);
    expect(checkStructuredReport(encodePart10(spoilt)).join(' ')).toMatch(sentence);
  });

  it('answers bytes that are no report with a sentence', () => {
    expect(checkStructuredReport(Buffer.from('nothing'))).toEqual([expect.stringMatching(/can't be read/)]);
    expect(checkStructuredReport(bytes.subarray(0, bytes.length - 40))).toEqual([
      expect.stringMatching(/can't be read/),
    ]);
  });

  it('never repeats the patient', () => {
    const spoilt = { ...report(), PatientID: 'SECRET'.repeat(20), PatientName: 'SECRET'.repeat(20) };
    const problems = checkStructuredReport(encodePart10(spoilt));
    expect(problems).toHaveLength(2);
    expect(problems.join(' ')).not.toMatch(/SECRET/);
  });
});
