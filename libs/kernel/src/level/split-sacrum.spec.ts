import { type Vec3 } from '@endplate/dicom';
import { seededNoise } from '../fixture/seeded-noise';
import { emptyProbabilityStack, type ProbabilityStack } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { type CentrelinePoint } from './centreline';
import { type ChainSegment, type SpineChain } from './chain';
import { growInstances } from './grow-instances';
import { type SpineProfile } from './profile';
import { splitSacrum } from './split-sacrum';

const DIMS = [60, 150, 9] as const;
const GRID = { dims: DIMS, spacingMm: [1, 1, 4] as const, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1] };
const MIDDLE = 30;
const BODY_MM = 30;
const SACRUM_FROM = 60;
const SACRUM_TO = 140;
const BY_HEIGHT = SACRUM_FROM + 1.05 * BODY_MM;
const MARROW = 300;

type Signal = (p: Vec3) => number | undefined;

const line: CentrelinePoint[] = Array.from({ length: DIMS[1] }, (_, row) => ({ column: MIDDLE, row, slice: 4, tangent: [0, 1] })); // prettier-ignore
const segment = (kind: ChainSegment['kind'], from: number, to: number): ChainSegment => ({ kind, from, to, support: 1, sacralShare: 0, cut: false }); // prettier-ignore
const chain: SpineChain = {
  segments: [segment('body', 18, 18 + BODY_MM), segment('disc', 48, 60), segment('sacrum', SACRUM_FROM, SACRUM_TO)],
  score: 0,
};
const flat = (value = 0): Float32Array => new Float32Array(DIMS[1]).fill(value);
const blank: SpineProfile = { length: DIMS[1], body: flat(), disc: flat(), sacrum: flat(1), other: flat() };

/** Noisy marrow; rims are dark lines of 0.8 mm sigma, tilted, at distances from the upper endplate of the sacrum. */
function sacrum(rimsMm: readonly number[], { tilt = 0, sigma = 15, depth = 0.8 } = {}): Signal {
  const next = seededNoise(7);
  const noise = Float32Array.from({ length: DIMS[0] * DIMS[1] * DIMS[2] }, () => sigma * next());
  const [sin, cos] = [Math.sin((tilt * Math.PI) / 180), Math.cos((tilt * Math.PI) / 180)];
  return ([x, y, z]) => {
    const [c, r, k] = [Math.round(x), Math.round(y), Math.round(z / 4)];
    if (c < 0 || r < 0 || c >= DIMS[0] || r >= DIMS[1]) return undefined;
    const dip = rimsMm.map((mm) => Math.exp(-0.5 * (((y - SACRUM_FROM - mm) * cos - (x - MIDDLE) * sin) / 0.8) ** 2));
    return MARROW * (1 - depth * Math.max(0, ...dip)) + noise[(k * DIMS[1] + r) * DIMS[0] + c]!;
  };
}

function split(signals: readonly Signal[], profile = blank): readonly ChainSegment[] {
  return splitSacrum(chain, { grid: GRID, line, profile, signals }).segments;
}

describe('splitSacrum', () => {
  it.each([24.5, 27, 31.5, 37.5])('ends S1 above a remnant that shows %f mm below its endplate', (mm) => {
    const [upper, lower] = split([sacrum([mm])]).slice(-2);
    expect([upper!.kind, lower!.kind]).toEqual(['sacrum', 'lower-sacrum']);
    // Blur of 0.8 mm sigma has taken a quarter of the dip 1.3 mm from its middle.
    expect(Math.abs(lower!.upperBorder!.row - (SACRUM_FROM + mm - 1.3))).toBeLessThan(0.6);
    expect(Math.abs(upper!.to - lower!.upperBorder!.row)).toBeLessThanOrEqual(0.5);
    expect(lower!.from).toBe(upper!.to);
  });

  it.each([-20, -12, 12, 20])('follows a remnant tilted by %i degrees', (tilt) => {
    const { normal } = split([sacrum([27], { tilt })]).at(-1)!.upperBorder!;
    expect(Math.abs((Math.atan2(-normal[0], normal[1]) * 180) / Math.PI - tilt)).toBeLessThanOrEqual(4);
  });

  it('takes the upper rim of a remnant with a bright core', () => {
    const { row } = split([sacrum([25, 30])]).at(-1)!.upperBorder!;
    expect(Math.abs(row - (SACRUM_FROM + 25 - 1.3))).toBeLessThan(0.6);
  });

  it('reads the series that shows the remnant', () => {
    expect(split([sacrum([]), sacrum([26])]).at(-1)!.upperBorder).toBeDefined();
  });

  it.each([
    ['no series is given', []],
    ['marrow shows noise alone', [sacrum([])]],
    ['noise is as strong as the line', [sacrum([26], { sigma: 600 })]],
    ['the line is faint', [sacrum([26], { depth: 0.15, sigma: 2 })]],
    ['the line lies too high for the end of S1', [sacrum([12], { sigma: 5 })]],
    ['the line lies too low for the end of S1', [sacrum([46], { sigma: 5 })]],
  ])('goes by the height of L5 where %s', (_, signals) => {
    const lower = split(signals).at(-1)!;
    expect(lower.upperBorder).toBeUndefined();
    expect(Math.abs(lower.from - BY_HEIGHT)).toBeLessThanOrEqual(0.5);
  });

  it('goes by the disc that the network sees in the sacrum before it goes by height', () => {
    const disc = flat();
    disc[85] = 0.5;
    expect(split([], { ...blank, disc }).at(-1)!.from).toBe(85);
  });
});

describe('growInstances', () => {
  it('parts S1 from the rest along the border that the images show', () => {
    const segments = split([sacrum([24], { tilt: 16 })]);
    const stack = allSacrum();
    const map = growInstances(stack, line, { ...chain, segments }, false);
    const { column, row, normal } = segments.at(-1)!.upperBorder!;
    const kinds = new Map(map.instances.map((i) => [i.label, i.kind]));
    let seen = 0;
    for (let r = 75; r < 95; r++) {
      for (let c = 21; c <= 39; c++) {
        const beyond = (c - column) * normal[0] + (r - row) * normal[1];
        if (Math.abs(beyond) < 1) continue;
        seen++;
        expect(kinds.get(map.labels[(4 * DIMS[1] + r) * DIMS[0] + c]!)).toBe(beyond > 0 ? 'lower-sacrum' : 'sacrum');
      }
    }
    expect(seen).toBeGreaterThan(300);
  });
});

/** The network sees sacrum everywhere below the disc. */
function allSacrum(): ProbabilityStack {
  const stack = emptyProbabilityStack(GRID);
  stack.planes[CLASS.background]!.fill(255);
  for (let k = 0; k < DIMS[2]; k++) {
    for (let r = SACRUM_FROM; r < SACRUM_TO; r++) {
      const at = (k * DIMS[1] + r) * DIMS[0];
      stack.planes[CLASS.sacrum]!.fill(255, at + 16, at + 45);
      stack.planes[CLASS.background]!.fill(0, at + 16, at + 45);
    }
  }
  return stack;
}
