import { readPart10, SopClass, Tag } from '@endplate/dicom';
import { assessed, type StudyFindings } from '@endplate/findings';
import { CODE } from '../../code/concept';
import { renderSegmentation } from '../../seg/segmentation';
import { segmentationReference } from '../../seg/refer-to-segmentation';
import { type SegmentationSource } from '../../seg/segmentation-source';
import { groups, number, text } from '../../testing/read-report';
import { inSpace, someContext, someFindings, someModic } from '../../testing/some-findings';
import { someSource } from '../../testing/some-source';
import { checkStructuredReport } from '../check/check-structured-report';
import { childrenNamed, readContent, type ReadItem } from '../check/read-content';
import { renderStructuredReport, type ReportProfile, reportUid } from './structured-report';

const INSTANCES = [
  { value: 1, kind: 'disc', findingId: 'disc-1' },
  { value: 2, kind: 'body', findingId: 'vertebra-1' },
  { value: 3, kind: 'disc', findingId: 'disc-2' },
] as const;

const ct = (): StudyFindings => someFindings('CT').withDiscs(2).withVertebrae(1).build();
const sourceOf = (findings: StudyFindings): SegmentationSource => someSource(findings, { instanceList: INSTANCES });
/** The segmentation is made for every destination, the report for a profile. */
const forAll = { ...someContext(), destinationProfile: 'any' };

function report(findings: StudyFindings, profile: ReportProfile = 'comprehensive') {
  const reference = segmentationReference(findings, sourceOf(findings), forAll)!;
  const bytes = renderStructuredReport(findings, someContext(), profile, reference);
  const { dataSet } = readPart10(bytes);
  return { bytes, reference, dataSet, groups: groups(readContent(dataSet)) };
}

const segmentOf = (group: ReadItem): number | undefined =>
  childrenNamed(group, CODE.referencedSegment)[0]
    ?.dataSet.sequence(Tag.ReferencedSOPSequence)[0]
    ?.number(Tag.ReferencedSegmentNumber);
const trackingOf = (group: ReadItem): string =>
  childrenNamed(group, CODE.trackingUniqueIdentifier)[0]!.dataSet.string(Tag.UID)!;
const template = (group: ReadItem): string | undefined =>
  group.dataSet.sequence(Tag.ContentTemplateSequence)[0]?.string(Tag.TemplateIdentifier);

describe('a report for those who get the segmentation', () => {
  it('refers to the segments that the segmentation has, by number, UID and tracking UID', () => {
    const findings = ct();
    const { reference, groups: all } = report(findings);
    const { dataSet } = readPart10(renderSegmentation(findings, sourceOf(findings), forAll));
    expect(reference.sopInstanceUID).toBe(dataSet.string(Tag.SOPInstanceUID));
    expect(reference.seriesInstanceUID).toBe(dataSet.string(Tag.SeriesInstanceUID));
    const tracked = new Map(
      dataSet.sequence(Tag.SegmentSequence).map((one) => [one.number(Tag.SegmentNumber), one.string(Tag.TrackingUID)]),
    );
    const volumetric = all.filter((group) => segmentOf(group) !== undefined);
    expect(volumetric.map(template)).toEqual(['1411', '1411']);
    for (const group of volumetric) {
      expect(tracked.get(segmentOf(group))).toBe(trackingOf(group));
      expect(childrenNamed(group, CODE.imageRegion)).toEqual([]);
      const [source] = childrenNamed(group, CODE.sourceSeriesForSegmentation);
      expect(source!.dataSet.string(Tag.UID)).toBe(findings.series[0]!.seriesInstanceUID);
      expect(number(group, CODE.volume)).toEqual([[10973, 'mm3']]);
      expect(number(group, CODE.height)).toHaveLength(3);
    }
  });

  it('has the outline of a disc in a group of its own, in the form that viewers take up', () => {
    const { groups: all } = report(ct());
    expect(all.map((group) => text(group, CODE.trackingIdentifier)[0])).toEqual([
      'Disc L5/S1', 'Cornerstone3DTools@^0.1.0:PlanarFreehandROI', 'Disc L4/L5',
      'Cornerstone3DTools@^0.1.0:PlanarFreehandROI', 'Cornerstone3DTools@^0.1.0:PlanarFreehandROI',
    ]); // prettier-ignore
    const outline = all[1]!;
    expect(template(outline)).toBe('1410');
    expect(text(outline, CODE.comment)).toEqual(['Disc L5/S1']);
    expect(number(outline, CODE.area)).toHaveLength(1);
    expect(new Set(all.map(trackingOf)).size).toBe(all.length);
    // Both identities stay with the disc in the version that follows.
    const next = report({ ...ct(), version: 2, predecessorVersion: 1 }).groups;
    expect(next.map(trackingOf)).toEqual(all.map(trackingOf));
  });

  it('lists the segmentation as evidence and is another object than the report without it', () => {
    const findings = ct();
    const { dataSet, reference, bytes } = report(findings);
    const listed = dataSet
      .sequence(Tag.CurrentRequestedProcedureEvidenceSequence)
      .flatMap((study) => study.sequence(Tag.ReferencedSeriesSequence))
      .map((series) => [
        series.string(Tag.SeriesInstanceUID),
        series.sequence(Tag.ReferencedSOPSequence)[0]?.string(Tag.ReferencedSOPClassUID),
      ]);
    expect(listed).toContainEqual([reference.seriesInstanceUID, SopClass.SegmentationStorage]);
    expect(dataSet.string(Tag.SOPInstanceUID)).toBe(reportUid(findings, 'comprehensive', 'pacs', 'segments'));
    expect(dataSet.string(Tag.SOPInstanceUID)).not.toBe(reportUid(findings, 'comprehensive', 'pacs'));
    expect(checkStructuredReport(bytes)).toEqual([]);
  });

  it.each([
    ['enhanced', SopClass.EnhancedSRStorage],
    ['comprehensive', SopClass.ComprehensiveSRStorage],
    ['comprehensive-3d', SopClass.Comprehensive3DSRStorage],
  ] as const)('passes our own check as %s', (profile, sopClass) => {
    const { dataSet, bytes } = report(ct(), profile);
    expect(dataSet.string(Tag.SOPClassUID)).toBe(sopClass);
    expect(checkStructuredReport(bytes)).toEqual([]);
  });

  it('places an endplate without an outline on the segment of its bone', () => {
    const builder = someFindings('MR').withDiscs(2).withVertebrae(1);
    const none = assessed(someModic({ type: 'none' }), 0.8);
    const findings = builder.withEndplate(none).build();
    const { groups: all, reference } = report(findings);
    const endplate = all.find((group) => text(group, CODE.trackingIdentifier)[0] === 'Endplate L5, inferior')!;
    expect([template(endplate), segmentOf(endplate)]).toEqual(['1411', reference.segmentOf.get('vertebra-1')]);
  });

  it('is not made where a group would have neither a segment nor an outline on an image', () => {
    const builder = someFindings('CT');
    const findings = builder
      .withDisc()
      .withDisc({ id: 'disc-9', outlines: [inSpace(builder.outline(1))] })
      .build();
    expect(segmentationReference(findings, sourceOf(findings), forAll)).toBeUndefined();
  });

  it('has a child under every number without a graphic beside it, which viewers read without looking', () => {
    const builder = someFindings('CT').withDiscs(2).withVertebrae(1);
    for (const one of report(builder.build()).groups) {
      if (one.children.some(({ valueType }) => valueType.startsWith('SCOORD'))) continue;
      for (const item of one.children.filter(({ valueType }) => valueType === 'NUM')) {
        expect([item.name?.meaning, item.children.length > 0]).toEqual([item.name?.meaning, true]);
      }
    }
  });
});
