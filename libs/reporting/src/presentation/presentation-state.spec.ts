import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DataSet, readPart10, Tag } from '@endplate/dicom';
import { assessed } from '@endplate/findings';
import { ReportNotPossibleError } from '../errors';
import { someContext, someFindings, someModic } from '../testing/some-findings';
import { OFFSET, someSource } from '../testing/some-source';
import { checkPresentationState } from './check-presentation-state';
import { presentationStateUid, renderPresentationState } from './presentation-state';

const hasDciodvfy = spawnSync('which', ['dciodvfy']).status === 0;
const DISPLAY = { rescale: { slope: 1, intercept: -1024 }, window: { centre: 250, width: 1000 } };
/** Voxels of the box, 4 x 5 x 6: a square of two by two on plane 1, one voxel on plane 4. */
const SQUARE = [20 + 5, 20 + 6, 20 + 9, 20 + 10];
const calcification = { kind: 'calcification', findingId: 'disc-1', voxels: Uint32Array.of(...SQUARE, 85) } as const;

const ct = () => someFindings('CT').withDisc().withVertebrae(1).build();
const mr = () => someFindings('MR').withDisc().withVertebrae(1).withEndplate(assessed(someModic(), 1)).build();
const modic = { kind: 'modic-2', findingId: 'vertebra-1-inferior', voxels: Uint32Array.of(7) } as const;
const rendered = (findings = ct(), change = {}): Buffer =>
  renderPresentationState(
    findings,
    someSource(findings, { display: DISPLAY, lesions: [calcification], ...change }),
    someContext(),
  );
const onLayer = (dataSet: DataSet, layer: string): DataSet[] =>
  dataSet.sequence(Tag.GraphicAnnotationSequence).filter((one) => one.string(Tag.GraphicLayer) === layer);

describe('renderPresentationState', () => {
  it('draws a lesion where it is largest, on the image of that plane, in pixels of that image', () => {
    const findings = ct();
    const { dataSet } = readPart10(rendered(findings));
    const plane = 1 + OFFSET[2];
    const [lesion] = onLayer(dataSet, 'CALCIFICATION').filter((one) =>
      one
        .sequence(Tag.ReferencedImageSequence)
        .some(
          (image) =>
            image.string(Tag.ReferencedSOPInstanceUID) === findings.series[0]!.instances[plane]!.sopInstanceUID,
        ),
    );
    const [graphic] = lesion!.sequence(Tag.GraphicObjectSequence);
    const numbers = graphic!.bytes(Tag.GraphicData)!;
    const points = Array.from({ length: numbers.length / 8 }, (_, n) => [
      numbers.readFloatLE(8 * n) - OFFSET[0],
      numbers.readFloatLE(8 * n + 4) - OFFSET[1],
    ]);
    // Voxels (1, 1) to (2, 2) of the box: corners 1 and 3; the line is closed.
    expect(points).toEqual([[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]); // prettier-ignore
    expect(graphic!.string(Tag.GraphicType)).toBe('POLYLINE');
    const [label] = lesion!.sequence(Tag.TextObjectSequence);
    expect(label!.string(Tag.UnformattedTextValue)).toBe('Disc L5/S1, calcification');
  });

  it('shows the images as they were judged, lesions over discs over vertebrae', () => {
    const { dataSet } = readPart10(rendered());
    const [window] = dataSet.sequence(Tag.SoftcopyVOILUTSequence);
    expect([dataSet.number(Tag.RescaleIntercept), window!.number(Tag.WindowCenter), window!.number(Tag.WindowWidth)]).toEqual(
      [-1024, 250, 1000],
    ); // prettier-ignore
    const layers = dataSet.sequence(Tag.GraphicLayerSequence).map((layer) => layer.string(Tag.GraphicLayer));
    expect(layers).toEqual(['VERTEBRA', 'DISC', 'CALCIFICATION']);
    expect(dataSet.sequence(Tag.GraphicLayerSequence).map((layer) => layer.number(Tag.GraphicLayerOrder))).toEqual([1, 2, 3]); // prettier-ignore
  });

  it('shows each disc where no plane shows two', () => {
    const findings = someFindings('CT').withDiscs(2).build();
    // Axial: the first disc on planes 0 and 1, the second on plane 5.
    const instances = Uint8Array.from({ length: 120 }, (_, at) => (at < 30 ? 1 : at >= 110 ? 2 : 0));
    const instanceList = [
      { value: 1, kind: 'disc', findingId: 'disc-1' },
      { value: 2, kind: 'disc', findingId: 'disc-2' },
    ] as const;
    const { dataSet } = readPart10(rendered(findings, { instances, instanceList, lesions: [] }));
    const labels = onLayer(dataSet, 'DISC').flatMap((one) => one.sequence(Tag.TextObjectSequence));
    expect(labels.map((label) => label.string(Tag.UnformattedTextValue))).toEqual(['Disc L5/S1', 'Disc L4/L5']);
  });

  it('refers to no image on which nothing is drawn', () => {
    const { dataSet } = readPart10(rendered());
    const uids = (items: readonly DataSet[]): (string | undefined)[] =>
      items.flatMap((item) => item.sequence(Tag.ReferencedImageSequence)).map((image) => image.string(Tag.ReferencedSOPInstanceUID)); // prettier-ignore
    expect(new Set(uids(dataSet.sequence(Tag.ReferencedSeriesSequence)))).toEqual(
      new Set(uids(dataSet.sequence(Tag.GraphicAnnotationSequence))),
    );
  });

  it('has the same bytes each time, and another UID in another version', () => {
    const [first, later] = [ct(), { ...ct(), version: 2 }];
    expect(rendered().equals(rendered())).toBe(true);
    expect(presentationStateUid(later, someSource(later), someContext())).not.toBe(
      presentationStateUid(first, someSource(first), someContext()),
    );
  });

  it.each([
    ['grey values of several meanings', { display: undefined }],
    ['nothing to draw', { instances: new Uint8Array(120), lesions: [] }],
  ])('is not made with %s', (_, change) => {
    expect(() => rendered(ct(), change)).toThrow(ReportNotPossibleError);
  });

  (hasDciodvfy ? it : it.skip).each([
    ['CT', () => rendered()],
    ['MR', () => rendered(mr(), { lesions: [modic], display: { window: { centre: 300.5, width: 601 } } })],
    ['no patient data', () => renderPresentationState(ct(), someSource(ct(), { display: DISPLAY }), { ...someContext(), source: {} })],
  ] as const)('dciodvfy has no error: %s', (_, build) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'endplate-gsps-'));
    const file = path.join(folder, 'gsps.dcm');
    writeFileSync(file, build());
    const text = execFileSync('sh', ['-c', 'dciodvfy "$1" 2>&1 || true', 'sh', file]).toString();
    rmSync(folder, { recursive: true });
    expect(text).toContain('GrayscaleSoftcopyPresentationState');
    expect(text.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
  }); // prettier-ignore
});

describe('our own check', () => {
  it('finds nothing in ours, and an annotation on an image that is not listed', () => {
    const bytes = rendered();
    expect(checkPresentationState(bytes)).toEqual([]);
    const uid = ct().series[0]!.instances[1 + OFFSET[2]]!.sopInstanceUID;
    const at = bytes.indexOf(uid);
    const broken = Buffer.from(bytes);
    broken.write(`${uid.slice(0, -1)}${uid.endsWith('1') ? '2' : '1'}`, at, 'latin1');
    expect(checkPresentationState(broken).join()).toContain('is on an image that is not listed');
  });
});
