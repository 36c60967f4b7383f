import { type LabelMap } from '../label-map';
import { evaluateCase } from './evaluate-case';
import { type LabelVolume } from './nifti';
import { summariseEvaluation } from './summarise-evaluation';

const DIMS = [20, 20, 100] as const;
const AFFINE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

type Box = readonly [value: number, fromZ: number, toZ: number, fromX?: number, toX?: number];

function paint(data: Uint8Array | Uint16Array, boxes: readonly Box[]): void {
  for (const [value, z0, z1, x0 = 5, x1 = 15] of boxes) {
    for (let k = z0; k < z1; k++)
      for (let j = 5; j < 15; j++) for (let i = x0; i < x1; i++) data[(k * 20 + j) * 20 + i] = value;
  }
}

function truth(boxes: readonly Box[]): LabelVolume {
  const data = new Uint16Array(20 * 20 * 100);
  paint(data, boxes);
  return { dims: DIMS, data, ijkToLps: AFFINE };
}

/** Odd values are bodies, even ones discs. */
function found(boxes: readonly Box[], shiftX = 0): LabelMap {
  const instances = new Uint8Array(20 * 20 * 100);
  paint(instances, boxes);
  return {
    seriesInstanceUID: '1.2',
    dims: DIMS,
    offset: [0, 0, 0],
    ijkToLps: AFFINE.map((value, n) => (n === 3 ? value + shiftX : value)),
    classes: new Uint8Array(instances.length),
    instances,
    instanceList: boxes.map(([value]) => ({
      value,
      kind: value % 2 === 1 ? 'body' : 'disc',
      findingId: value % 2 === 1 ? `vertebra-${value}` : `disc-${value}`,
      voxels: 1,
    })),
    seriesDims: DIMS,
    images: [],
    lesions: [],
  };
}

const COLUMN: Box[] = [[1, 10, 25], [2, 25, 30], [3, 30, 45], [4, 45, 50], [5, 50, 65]]; // prettier-ignore

describe('evaluateCase', () => {
  it('scores a perfect result with 1, whatever the labels are called', () => {
    const result = evaluateCase(truth([[40, 10, 25], [7, 30, 45], [9, 50, 65]]), [found(COLUMN)]); // prettier-ignore
    expect(result).toMatchObject({ structure: 'body', dice: 1, detection: 1, falseInstances: 0, orderCorrect: true });
    expect(result.instances.map((i) => [i.label, i.findingId])).toEqual([[7, 'vertebra-3'], [9, 'vertebra-5'], [40, 'vertebra-1']]); // prettier-ignore
  });

  it('knows discs by what they overlap', () => {
    expect(evaluateCase(truth([[1, 25, 30], [2, 45, 50]]), [found(COLUMN)])).toMatchObject({ structure: 'disc', dice: 1 }); // prettier-ignore
  });

  it('computes Dice on the label grid', () => {
    const half = evaluateCase(truth([[1, 10, 25]]), [found([[1, 10, 25, 10, 20]])]);
    expect(half.dice).toBeCloseTo(0.5, 10);
    const shifted = evaluateCase(truth([[1, 10, 25]]), [found([[1, 10, 25]], 2)]);
    expect(shifted.dice).toBeCloseTo(0.8, 10);
  });

  it('counts a missed instance as 0 and lowers detection', () => {
    const result = evaluateCase(truth([[1, 10, 25], [2, 70, 85]]), [found(COLUMN)]); // prettier-ignore
    expect(result).toMatchObject({ dice: 0.5, detection: 0.5 });
  });

  it('does not call an unlabelled neighbour at the end of the column false', () => {
    expect(evaluateCase(truth([[1, 10, 25], [2, 30, 45]]), [found(COLUMN)]).falseInstances).toBe(0); // prettier-ignore
  });

  it('calls a detection beside the column, or between two neighbours, false', () => {
    const aside: Box[] = [...COLUMN, [7, 30, 45, 0, 3]];
    expect(evaluateCase(truth([[1, 10, 25], [2, 30, 45], [3, 50, 65]]), [found(aside)]).falseInstances).toBe(1); // prettier-ignore
    const split: Box[] = [[1, 10, 25], [3, 30, 41], [7, 41, 45], [5, 50, 65]]; // prettier-ignore
    expect(evaluateCase(truth([[1, 10, 25], [2, 30, 45], [3, 50, 65]]), [found(split)]).falseInstances).toBe(1); // prettier-ignore
  });

  it('scores everything as missed without a label map', () => {
    expect(evaluateCase(truth([[1, 10, 25]]), [])).toMatchObject({ dice: 0, detection: 0 });
  });
});

describe('summariseEvaluation', () => {
  it('averages per structure and names the worst case', () => {
    const good = evaluateCase(truth([[1, 10, 25]]), [found(COLUMN)]);
    const poor = evaluateCase(truth([[1, 10, 25]]), [found([[1, 10, 25, 10, 20]])]);
    const disc = evaluateCase(truth([[1, 25, 30]]), [found(COLUMN)]);
    const summary = summariseEvaluation([
      { name: 'a', evaluation: good },
      { name: 'b', evaluation: poor },
      { name: 'c', evaluation: disc },
    ]);
    expect(summary.mean.body).toEqual({
      cases: 2,
      dice: 0.75,
      detection: 1,
      worstDice: 0.5,
      falseInstances: 0,
      orderCorrect: 2,
    });
    expect(summary.mean.disc).toMatchObject({ cases: 1, dice: 1 });
    expect(summary.cases.map((line) => line.structure)).toEqual(['body', 'body', 'disc']);
  });
});
