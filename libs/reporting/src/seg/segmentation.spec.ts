import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPart10, Tag } from '@endplate/dicom';
import { assessed } from '@endplate/findings';
import { data } from 'dcmjs';
import { ReportNotPossibleError } from '../errors';
import { renderStructuredReport } from '../sr/document/structured-report';
import { someContext, someFindings, someModic } from '../testing/some-findings';
import { groups, render, uidsOf } from '../testing/read-report';
import { OFFSET, SERIES, someSource as source } from '../testing/some-source';
import { checkSegmentation } from './check-segmentation';
import { cieLab } from './cielab';
import { renderSegmentation } from './segmentation';
import { segmentationUid } from './segmentation-uid';
import { type SegmentationSource } from './segmentation-source';

const hasDciodvfy = spawnSync('which', ['dciodvfy']).status === 0;

const ct = () => someFindings('CT').withDisc().withVertebrae(1).build();
const calcification = { kind: 'calcification', findingId: 'disc-1', voxels: Uint32Array.of(3, 21, 22, 119) } as const;

describe('segmentation', () => {
  it('gives every voxel back to dcmjs in its place of the series', () => {
    const findings = ct();
    const input = source(findings, { lesions: [calcification] });
    const natural = naturalized(renderSegmentation(findings, input, someContext()));
    const labels = (natural['SegmentSequence'] as { SegmentLabel: string }[]).map((segment) => segment.SegmentLabel);
    expect(labels).toEqual(['Disc L5/S1, calcification', 'Disc L5/S1', 'Vertebra L5']);
    const inSeries = (at: number) => {
      const [i, j, k] = [at % 4, Math.floor(at / 4) % 5, Math.floor(at / 20)];
      return `${i + OFFSET[0]} ${j + OFFSET[1]} ${k + OFFSET[2]}`;
    };
    const having = (value: number) => [...input.instances].flatMap((v, at) => (v === value ? [inSeries(at)] : []));
    const found = voxelsBySegment(natural, input);
    expect(found.get(1)).toEqual([...calcification.voxels].map(inSeries));
    expect(found.get(2)).toEqual(having(1));
    expect(found.get(3)).toEqual(having(2));
  });

  it('has the tracking and site codes of the report', () => {
    const findings = ct();
    const { dataSet } = readPart10(renderSegmentation(findings, source(findings), someContext()));
    const segments = dataSet.sequence(Tag.SegmentSequence);
    const { root } = render(findings);
    expect(groups(root)).toHaveLength(2);
    expect(segments.map((segment) => segment.string(Tag.TrackingUID))).toEqual(uidsOf(root));
    const types = segments.map((s) => s.sequence(Tag.SegmentedPropertyTypeCodeSequence)[0]!.string(Tag.CodeValue));
    expect(types).toEqual(['715056000', '49668003']);
  });

  it('says on which endplate a Modic change lies', () => {
    const findings = someFindings('MR').withDisc().withEndplate(assessed(someModic(), 0.8)).build();
    const lesion = { kind: 'modic-2', findingId: 'vertebra-1-inferior', voxels: Uint32Array.of(1, 2) } as const;
    const { dataSet } = readPart10(
      renderSegmentation(findings, source(findings, { lesions: [lesion] }), someContext()),
    );
    const [segment] = dataSet.sequence(Tag.SegmentSequence);
    const [region] = segment!.sequence(Tag.AnatomicRegionSequence);
    expect(region!.string(Tag.CodeValue)).toBe('49668003');
    expect(region!.sequence(Tag.AnatomicRegionModifierSequence)[0]!.string(Tag.CodeMeaning)).toBe('Inferior');
    expect(segment!.sequence(Tag.SegmentedPropertyTypeCodeSequence)[0]!.string(Tag.CodeMeaning)).toBe('Modic type 2');
  });

  it('has the same bytes and UIDs each time, other UIDs in another version', () => {
    const [first, later] = [ct(), { ...ct(), version: 2 }];
    const bytes = renderSegmentation(first, source(first), someContext());
    expect(renderSegmentation(ct(), source(ct()), someContext()).equals(bytes)).toBe(true);
    expect(segmentationUid(later, source(later), someContext())).not.toBe(readPart10(bytes).meta.sopInstanceUID);
    expect(renderStructuredReport(first, someContext(), 'comprehensive').equals(bytes)).toBe(false);
  });

  it('leaves vertebrae out where they would not fit, and says so', () => {
    const findings = ct();
    // 5632 x 6500 pixels: thirteen planes fill the room; the disc has six planes, the vertebra six more, the lesion two.
    const big = source(findings, { seriesDims: [5632, 6500, 15], lesions: [calcification] });
    const { dataSet } = readPart10(renderSegmentation(findings, big, someContext()));
    expect(dataSet.sequence(Tag.SegmentSequence).map((s) => s.string(Tag.SegmentLabel))).toHaveLength(2);
    expect(dataSet.string(Tag.ContentDescription)).toContain('1 segments left out');
  });

  it.each([
    ['no frame of reference', { frameOfReferenceUID: undefined as unknown as string }],
    ['no instance', { instances: new Uint8Array(120) }],
  ])('is not made with %s', (_, change) => {
    const findings = ct();
    expect(() => renderSegmentation(findings, source(findings, change), someContext())).toThrow(ReportNotPossibleError);
  });

  (hasDciodvfy ? it : it.skip).each([
    ['CT with a calcification', ct, [calcification]],
    ['MR with a Modic change', () => someFindings('MR').withDisc().withVertebrae(1).withEndplate(assessed(someModic(), 1)).build(),
      [{ kind: 'modic-2', findingId: 'vertebra-1-inferior', voxels: Uint32Array.of(7) }]],
  ] as const)('dciodvfy has no error: %s', (_, build, lesions) => {
    const findings = build();
    const folder = mkdtempSync(path.join(tmpdir(), 'endplate-seg-'));
    const file = path.join(folder, 'seg.dcm');
    writeFileSync(file, renderSegmentation(findings, source(findings, { lesions }), someContext()));
    const text = execFileSync('sh', ['-c', 'dciodvfy "$1" 2>&1 || true', 'sh', file]).toString();
    rmSync(folder, { recursive: true });
    expect(text).toContain('Segmentation');
    expect(text.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
  }); // prettier-ignore
});

describe('our own check', () => {
  it('finds nothing in ours, and a segmentation that was cut', () => {
    const findings = ct();
    const bytes = renderSegmentation(findings, source(findings), someContext());
    expect(checkSegmentation(bytes)).toEqual([]);
    const broken = Buffer.from(bytes);
    // Number of Frames (0028,0008) IS: one frame more than there is.
    const at = broken.indexOf(Buffer.from('28000800', 'hex')) + 8;
    broken.write('13', at, 'latin1');
    expect(checkSegmentation(broken).length).toBeGreaterThan(0);
  });
});

describe('cieLab', () => {
  it.each([
    ['white', [255, 255, 255], [65535, 32896, 32896]],
    ['black', [0, 0, 0], [0, 32896, 32896]],
    // Lab (D50) of sRGB red: 54.29, 80.80, 69.89 (Lindbloom).
    ['red', [255, 0, 0], [35579, 53662, 50857]],
  ] as const)('%s', (_, rgb, expected) => {
    cieLab(rgb).forEach((value, n) => expect(Math.abs(value - expected[n]!)).toBeLessThan(60));
  });
});

type Natural = Record<string, unknown>;

/** The reading side of dcmjs, which the project itself does not use. */
interface DcmjsReader {
  readonly DicomMessage: { readFile(bytes: ArrayBuffer): { readonly dict: unknown } };
  readonly DicomMetaDictionary: { naturalizeDataset(dict: unknown): Natural };
}

function naturalized(bytes: Buffer): Natural {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const { DicomMessage, DicomMetaDictionary } = data as unknown as DcmjsReader;
  return DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(buffer as ArrayBuffer).dict);
}

/** The pixels that are set, as `column row plane` of the series; planes are found by their position alone. */
function voxelsBySegment(natural: Natural, input: SegmentationSource): Map<number, string[]> {
  const [pixels] = [natural['PixelData']].flat() as ArrayBuffer[];
  const bits = new Uint8Array(pixels!);
  const size = Number(natural['Rows']) * Number(natural['Columns']);
  const found = new Map<number, string[]>();
  const frames = natural['PerFrameFunctionalGroupsSequence'] as Record<string, Record<string, unknown>[]>[];
  frames.forEach((frame, n) => {
    const position = frame['PlanePositionSequence']![0]!['ImagePositionPatient'] as number[];
    const plane = Math.round((Number(position[0]) - input.ijkToLps[3]!) / 3) + input.offset[2];
    const segment = Number(frame['SegmentIdentificationSequence']![0]!['ReferencedSegmentNumber']);
    const list = found.get(segment) ?? [];
    for (let pixel = 0; pixel < size; pixel++) {
      const bit = n * size + pixel;
      if ((bits[bit >> 3]! >> (bit & 7)) & 1)
        list.push(`${pixel % SERIES[0]} ${Math.floor(pixel / SERIES[0])} ${plane}`);
    }
    found.set(segment, list);
  });
  return found;
}
