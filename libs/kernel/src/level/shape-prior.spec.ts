import { emptyProbabilityStack } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { THRESHOLDS } from '../thresholds';
import { type CentrelinePoint } from './centreline';
import { type ChainSegment } from './chain';
import { type InstanceMap } from './instance';
import { weighExpectedShape } from './shape-prior';

const DIMS = [60, 40, 19] as const;
const SLICE_MM = 4;
const MIDDLE = 9;
const [FRONT, BACK, TOP, BOTTOM] = [13, 46, 8, 32];
const HALF_WIDTH_MM = (THRESHOLDS.level.bodyWidthRatio * (BACK - FRONT)) / 2;

/** A block that is as deep as a lumbar body on the slices up to `reach` from the middle, the network sure of it by `p`. */
function block(reach: number, p: number, kind: ChainSegment['kind'] = 'body', cut = false) {
  const grid = { dims: DIMS, spacingMm: [1, 1, SLICE_MM] as const, affine: [] };
  const stack = emptyProbabilityStack(grid);
  const labels = new Uint8Array(DIMS[0] * DIMS[1] * DIMS[2]);
  const plane = stack.planes[CLASS.body]!;
  stack.planes[CLASS.background]!.fill(255);
  for (let k = MIDDLE - reach; k <= MIDDLE + reach; k++) {
    for (let r = TOP; r <= BOTTOM; r++) {
      for (let c = FRONT; c <= BACK; c++) {
        const at = (k * DIMS[1] + r) * DIMS[0] + c;
        labels[at] = 1;
        plane[at] = Math.round(255 * p);
        stack.planes[CLASS.background]![at] = 255 - Math.round(255 * p);
      }
    }
  }
  const segment: ChainSegment = { kind, from: TOP, to: BOTTOM, support: 1, sacralShare: 0, cut };
  const map: InstanceMap = { ...grid, labels, instances: [{ label: 1, kind, segment, voxels: 0, centroid: [30, 20, 9] }] }; // prettier-ignore
  const line: CentrelinePoint[] = Array.from({ length: DIMS[1] }, (_, row) => ({ column: 30, row, slice: MIDDLE, tangent: [0, 1] })); // prettier-ignore
  return { stack, map, line, plane };
}

/** Probability at the centre of the block's sagittal outline on each slice. */
function atCentre(plane: Uint8Array, row = 20): number[] {
  return Array.from({ length: DIMS[2] }, (_, k) => plane[(k * DIMS[1] + row) * DIMS[0] + 30]! / 255);
}

describe('weighExpectedShape', () => {
  it('gives up what lies further to the side than the depth leads to expect, and leaves the middle alone', () => {
    const { stack, map, line, plane } = block(9, 0.9);
    const before = plane.slice();
    weighExpectedShape(stack, map, line);
    const kept = atCentre(plane).map((p, k) => [Math.abs(k - MIDDLE) * SLICE_MM, p] as const);
    for (const [mm, p] of kept) {
      if (mm < 0.85 * HALF_WIDTH_MM) expect(p).toBeCloseTo(0.9, 1);
      if (mm > HALF_WIDTH_MM + 3 * THRESHOLDS.level.bodyWidthSpreadMm) expect(p).toBeLessThan(0.1);
    }
    expect(plane.every((value, at) => value <= before[at]!)).toBe(true);
  });

  it('hands to the background what it takes, so that probabilities still sum to one', () => {
    const { stack, map, line } = block(9, 0.9);
    weighExpectedShape(stack, map, line);
    for (let at = 0; at < map.labels.length; at += 7) {
      expect(stack.planes.reduce((sum, plane) => sum + plane[at]!, 0)).toBe(255);
    }
  });

  it('keeps what the network is surer of than the shape is', () => {
    const [sure, unsure] = [block(6, 0.998), block(6, 0.7)];
    weighExpectedShape(sure.stack, sure.map, sure.line);
    weighExpectedShape(unsure.stack, unsure.map, unsure.line);
    const outermost = MIDDLE + 6;
    expect(atCentre(sure.plane)[outermost]).toBeGreaterThan(0.5);
    expect(atCentre(unsure.plane)[outermost]).toBeLessThan(0.5);
  });

  it('lets the rims of a body reach further than its waist', () => {
    const { stack, map, line, plane } = block(6, 0.9);
    weighExpectedShape(stack, map, line);
    expect(atCentre(plane, TOP + 1)[MIDDLE + 6]).toBeGreaterThan(atCentre(plane, 20)[MIDDLE + 6]!);
  });

  it('changes nothing on one or two slices, nor a body cut by the edge of the picture, nor a disc', () => {
    for (const { stack, map, line, plane } of [block(0, 0.9), block(9, 0.9, 'body', true), block(9, 0.9, 'disc')]) {
      const before = plane.slice();
      weighExpectedShape(stack, map, line);
      expect([...plane]).toEqual([...before]);
    }
  });
});
