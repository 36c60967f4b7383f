import { assessed, notAssessed, type StudyFindings } from '@endplate/findings';
import { data } from 'dcmjs';
import { inSpace, someContext, someFindings, someModic } from '../../testing/some-findings';
import { renderStructuredReport, type ReportProfile } from './structured-report';

/** A content item as dcmjs gives it: sequences of one item are that item. */
interface Item {
  readonly ValueType: string;
  readonly ConceptNameCodeSequence?: Item[] | Item;
  readonly CodeMeaning?: string;
  readonly TextValue?: string;
  readonly UID?: string;
  readonly GraphicData?: number[];
  readonly GraphicType?: string;
  readonly ContentSequence?: Item[] | Item;
  readonly ReferencedSOPSequence?: Item[] | Item;
  readonly ReferencedSOPInstanceUID?: string;
  readonly MeasuredValueSequence?: Item[] | Item;
  readonly NumericValue?: number;
}

interface DcmjsReader {
  readonly DicomMessage: { readFile(bytes: ArrayBuffer): { readonly dict: unknown } };
  readonly DicomMetaDictionary: { naturalizeDataset(dict: unknown): Item };
}

const one = <T>(value: T | T[] | undefined): T | undefined => (Array.isArray(value) ? value[0] : value);
const all = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : ([value].flat() as T[]));
const meaning = (item: Item): string | undefined => one(item.ConceptNameCodeSequence)?.CodeMeaning;
const named = (item: Item | undefined, name: string): Item[] =>
  all(item?.ContentSequence).filter((child) => meaning(child) === name);

/** What the Cornerstone adapters take up of a report (MeasurementReport.generateToolState, PlanarFreehandROI). */
function takenUp(findings: StudyFindings, profile: ReportProfile) {
  const bytes = renderStructuredReport(findings, someContext(), profile);
  const { DicomMessage, DicomMetaDictionary } = data as unknown as DcmjsReader;
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const root = DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(buffer).dict);
  const groups = named(named(root, 'Imaging Measurements')[0], 'Measurement Group');
  return groups.map((group) => {
    const identifier = named(group, 'Tracking Identifier')[0]?.TextValue ?? '';
    const [tag, tool] = identifier.split(':');
    const measurement = all(group.ContentSequence).find(({ ValueType }) => ValueType === 'NUM');
    const graphic = all(measurement?.ContentSequence).find(({ ValueType }) => ValueType === 'SCOORD');
    return {
      tool: tag === 'Cornerstone3DTools@^0.1.0' ? tool : undefined,
      identifier,
      comments: named(group, 'Comment').map(({ TextValue }) => TextValue),
      graphics: all(group.ContentSequence).filter(({ ValueType }) => ValueType.startsWith('SCOORD')).length,
      points: graphic?.GraphicData,
      image: one(one(graphic?.ContentSequence)?.ReferencedSOPSequence)?.ReferencedSOPInstanceUID,
      area: Number(one(measurement?.MeasuredValueSequence)?.NumericValue),
    };
  });
}

describe('a viewer on Cornerstone', () => {
  it.each(['comprehensive', 'comprehensive-3d'] as const)('takes up every outline on an image (%s)', (profile) => {
    const findings = someFindings('MR').withDiscs(2).withVertebrae(2);
    findings.withEndplate(assessed(someModic({ outlines: [findings.outline(0)] }), 0.8));
    const built = findings.build();
    const groups = takenUp(built, profile);
    expect(groups).toHaveLength(5);
    for (const group of groups) {
      expect(group.tool).toBe('PlanarFreehandROI');
      expect(group.graphics).toBe(1);
      // Closed: the first point comes again at the end.
      expect(group.points!.slice(0, 2)).toEqual(group.points!.slice(-2));
      expect(built.series[0]!.instances.map((i) => i.sopInstanceUID)).toContain(group.image);
    }
    // 0.8 mm pixels: the shoelace area of the outline of `someFindings`; that of the change where it was measured.
    expect(groups[0]!.area).toBeCloseTo(0.64 * 425, 1);
    expect(groups[2]!.area).toBe(118);
    expect(groups.map(({ comments }) => comments[0])).toEqual([
      'Disc L5/S1', 'Disc L4/L5', 'Endplate L5, inferior', 'Vertebra L5', 'Vertebra L4',
    ]); // prettier-ignore
  });

  it('is not offered groups without an outline on an image', () => {
    const withheld = notAssessed<never>('METAL', 'Metal.');
    const findings = someFindings('CT');
    findings.withDisc({ outlines: [inSpace(findings.outline(0))] }).withDisc({ outlines: [], heights: withheld });
    const groups = takenUp(findings.build(), 'comprehensive-3d');
    expect(groups.map(({ tool, identifier, graphics }) => [tool, identifier, graphics])).toEqual([
      [undefined, 'Disc L5/S1', 1],
      [undefined, 'Disc L4/L5', 0],
    ]);
  });
});
