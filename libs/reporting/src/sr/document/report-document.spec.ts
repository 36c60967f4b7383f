import { Tag } from '@endplate/dicom';
import { data as dcmjs } from 'dcmjs';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { render, text, uidsOf } from '../../testing/read-report';
import { someContext, someFindings } from '../../testing/some-findings';
import { childrenNamed, readCode } from '../check/read-content';
import { renderStructuredReport, reportUid } from './structured-report';

describe('structured report, document', () => {
  const findings = someFindings('CT').withDiscs(2).build();

  it('is the same bytes when rendered twice', () => {
    const twice = [0, 1].map(() => renderStructuredReport(findings, someContext(), 'comprehensive-3d'));
    expect(twice[0]!.equals(twice[1]!)).toBe(true);
  });

  it('lists as evidence exactly the images that it refers to', () => {
    const listed = render(findings)
      .dataSet.sequence(Tag.CurrentRequestedProcedureEvidenceSequence)
      .flatMap((study) => study.sequence(Tag.ReferencedSeriesSequence))
      .flatMap((series) => series.sequence(Tag.ReferencedSOPSequence))
      .map((item) => item.string(Tag.ReferencedSOPInstanceUID));
    expect(listed.sort()).toEqual(findings.series[0]!.instances.map(({ sopInstanceUID }) => sopInstanceUID).sort());
  });

  it('refuses findings that point at an image of no series', () => {
    const stray = structuredClone(findings);
    stray.discs[0]!.outlines[0]!.image!.reference.sopInstanceUID = '1.2.3.4';
    expect(() => renderStructuredReport(stray, someContext(), 'comprehensive')).toThrow(
      expect.objectContaining({ code: 'REPORTING_REFERENCE_UNKNOWN', sopInstanceUID: '1.2.3.4' }),
    );
  });

  it('makes no report of a version that was not analysed', () => {
    const outcome = { status: 'not-analysed' as const, reason: { code: 'NO_IMAGES' as const, text: 'No images.' } };
    expect(() => renderStructuredReport({ ...findings, outcome }, someContext(), 'comprehensive')).toThrow(
      expect.objectContaining({ code: 'REPORTING_NOT_POSSIBLE' }),
    );
  });

  it('names its predecessor, and keeps the tracking UIDs over versions', () => {
    const next = { ...findings, version: 2, predecessorVersion: 1 };
    const { dataSet, root } = render(next);
    const [study] = dataSet.sequence(Tag.PredecessorDocumentsSequence);
    const [series] = study!.sequence(Tag.ReferencedSeriesSequence);
    const [before] = series!.sequence(Tag.ReferencedSOPSequence);
    expect(before!.string(Tag.ReferencedSOPInstanceUID)).toBe(reportUid(findings, 'comprehensive', 'pacs'));
    expect(dataSet.string(Tag.SOPInstanceUID)).not.toBe(reportUid(findings, 'comprehensive', 'pacs'));
    expect(uidsOf(root)).toEqual(uidsOf(render(findings).root));
  });

  it('is another object for another profile or destination', () => {
    const uids = [
      reportUid(findings, 'comprehensive', 'a'),
      reportUid(findings, 'comprehensive', 'b'),
      reportUid(findings, 'comprehensive-3d', 'a'),
    ];
    expect(new Set(uids).size).toBe(3);
  });

  it('is partial, unverified, and says what it is for', () => {
    const { dataSet, root } = render(findings);
    expect([dataSet.string(Tag.CompletionFlag), dataSet.string(Tag.VerificationFlag)]).toEqual([
      'PARTIAL',
      'UNVERIFIED',
    ]);
    const [evaluations] = childrenNamed(root, CODE.qualitativeEvaluations);
    expect(text(evaluations!, PRIVATE.intendedUse)).toEqual(['Research and triage only. Not a diagnosis.']);
    const [equipment] = dataSet.sequence(Tag.ContributingEquipmentSequence);
    expect(readCode(equipment!, Tag.PurposeOfReferenceCodeSequence)).toEqual({
      value: '109102',
      scheme: 'DCM',
      meaning: 'Processing Equipment',
    });
  });

  it('names program, network with digest, and thresholds', () => {
    const [measurements] = childrenNamed(render(findings).root, CODE.imagingMeasurements);
    expect(text(measurements!, CODE.algorithmName)).toEqual(['Endplate']);
    expect(text(measurements!, CODE.algorithmParameters)).toEqual([
      `model spine-seg 1.0.0 sha256 ${'b'.repeat(64)}`,
      'thresholds 1',
    ]);
  });
});

describe('structured report, source attributes', () => {
  it.each([
    ['Unicode names', { PatientName: 'Wang^XiaoDong=王^小東=' }, Tag.PatientName, 'Wang^XiaoDong=王^小東='],
    ['a sex that is none', { PatientSex: 'female' }, Tag.PatientSex, undefined],
    ['a date that is none', { PatientBirthDate: '01.02.1960' }, Tag.PatientBirthDate, undefined],
    [
      'a number too long for its VR',
      { AccessionNumber: '1234567890123456789' },
      Tag.AccessionNumber,
      '1234567890123456',
    ],
    ['a backslash, which divides values', { PatientID: 'A\\B' }, Tag.PatientID, 'A B'],
  ])('writes %s so that the VR is kept', (_, source, tag, expected) => {
    const { dataSet } = render(someFindings('CT').withDisc().build(), 'comprehensive', someContext(source));
    expect(dataSet.has(tag)).toBe(true);
    expect(dataSet.string(tag)).toBe(expected);
  });

  it('gives times on the clock of the source', () => {
    const { dataSet } = render(
      someFindings('CT').build(),
      'comprehensive',
      someContext({ TimezoneOffsetFromUTC: '-1130' }),
    );
    expect([dataSet.string(Tag.ContentDate), dataSet.string(Tag.ContentTime)]).toEqual(['20260228', '225030']);
  });
});

it('is read back by dcmjs with every group and number', () => {
  const findings = someFindings('CT').withDiscs(5).build();
  const bytes = renderStructuredReport(findings, someContext(), 'comprehensive-3d');
  const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { DicomMessage, DicomMetaDictionary } = dcmjs as unknown as DcmjsReader;
  const natural = DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(exact).dict);
  const measured = natural.ContentSequence.find((item) => nameOf(item) === 'Imaging Measurements')!;
  const volumes = [measured.ContentSequence]
    .flat()
    .filter((item) => nameOf(item!) === 'Measurement Group')
    .flatMap((group) => [group!.ContentSequence].flat())
    .filter((item) => nameOf(item!) === PRIVATE.calcifiedVolume.meaning)
    .map((item) => Number([item!.MeasuredValueSequence].flat()[0]!.NumericValue));
  expect(volumes).toEqual([41.7, 41.7, 41.7, 41.7, 41.7]);
});

interface DcmjsReader {
  readonly DicomMessage: { readFile(bytes: ArrayBufferLike): { dict: unknown } };
  readonly DicomMetaDictionary: { naturalizeDataset(dict: unknown): { ContentSequence: NaturalItem[] } };
}

interface NaturalItem {
  ConceptNameCodeSequence?: { CodeMeaning: string }[] | { CodeMeaning: string };
  ContentSequence?: NaturalItem[] | NaturalItem;
  MeasuredValueSequence?: { NumericValue: unknown }[] | { NumericValue: unknown };
}

function nameOf(item: NaturalItem): string | undefined {
  return [item.ConceptNameCodeSequence].flat()[0]?.CodeMeaning;
}
