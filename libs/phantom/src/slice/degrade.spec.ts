import { Rng } from '../random/rng';
import { type ContrastKind } from './contrast';
import { degrade, type Picture } from './degrade';

const SIZE = 96;

/** A bright square in air, made worse. */
function drawn(n: number, kind: ContrastKind): Picture {
  const [ground, scale] = kind === 'ct' ? [-1000, 400] : [0, 1];
  const data = new Float32Array(SIZE * SIZE).fill(ground);
  for (let row = 20; row < 76; row++) data.fill(scale, row * SIZE + 20, row * SIZE + 76);
  const picture = { columns: SIZE, rows: SIZE, data };
  degrade(picture, kind, new Rng(9, `${kind}${n}`), new Rng(9, `grain${kind}${n}`));
  return picture;
}

const PICTURES: Record<'ct' | 't2' | 'random', readonly Picture[]> = {
  ct: Array.from({ length: 60 }, (_, n) => drawn(n, 'ct')),
  t2: Array.from({ length: 60 }, (_, n) => drawn(n, 't2')),
  random: Array.from({ length: 60 }, (_, n) => drawn(n, 'random')),
};

/** Mean of a block of 8 x 8 pixels. */
function block({ data }: Picture, row: number, column: number): number {
  let sum = 0;
  for (let r = row; r < row + 8; r++) for (let c = column; c < column + 8; c++) sum += data[r * SIZE + c]!;
  return sum / 64;
}

const middle = (picture: Picture): number => block(picture, 44, 44);
const share = (pictures: readonly Picture[], test: (picture: Picture) => boolean): number =>
  pictures.filter(test).length / pictures.length;

describe('degrade', () => {
  test('blurs every edge, by less or more', () => {
    const rise = (p: Picture): number => (p.data[48 * SIZE + 20]! - p.data[48 * SIZE + 10]!) / (middle(p) - p.data[48 * SIZE + 10]!); // prettier-ignore
    const edges = PICTURES.ct.map(rise).sort((a, b) => a - b);
    expect(edges[6]!).toBeLessThan(0.85);
    expect(edges[54]! - edges[6]!).toBeGreaterThan(0.05);
  });

  test('lets the signal of MR fall off from a coil behind the back, and bends it smoothly', () => {
    const front = (p: Picture): number => block(p, 44, 22) / block(p, 44, 66);
    const t2 = PICTURES.t2.map(front);
    expect(share(PICTURES.t2, (p) => front(p) < 0.75)).toBeGreaterThan(0.2);
    expect(Math.max(...t2)).toBeGreaterThan(0.95);
    expect(Math.min(...PICTURES.ct.map(front))).toBeGreaterThan(0.6);
    const along = (p: Picture): number => block(p, 22, 60) / block(p, 66, 60);
    expect(share(PICTURES.t2, (p) => Math.abs(Math.log(along(p))) > 0.1)).toBeGreaterThan(0.2);
  });

  test('puts a faint copy beside some MR pictures and not on CT, beyond what its noise does', () => {
    // Along one axis the square shows again in the empty ground; the other axis stays as dark as the corner.
    const ghost = (p: Picture): number => {
      const sides = [block(p, 44, 4), block(p, 44, 84), block(p, 4, 44), block(p, 84, 44)];
      return (Math.max(...sides) - Math.min(...sides)) / middle(p);
    };
    expect(share(PICTURES.t2, (p) => ghost(p) > 0.05)).toBeGreaterThan(0.08);
    expect(share(PICTURES.ct, (p) => ghost(p) > 0.05)).toBeLessThan(0.03);
  });

  test('adds noise that is Rician on MR and may be negative on no magnitude image', () => {
    const negative = (p: Picture): boolean => p.data.some((value) => value < 0);
    // Gamma cuts at zero as well, so only those it left alone can show the tails of CT noise.
    expect(share(PICTURES.t2, (p) => !negative(p))).toBeGreaterThan(0.7);
    expect(share(PICTURES.ct, negative)).toBeGreaterThan(0.1);
    const spread = ({ data }: Picture): number => {
      const own = Array.from({ length: 64 }, (_, n) => data[(44 + (n >> 3)) * SIZE + 44 + (n & 7)]!);
      const mean = own.reduce((sum, value) => sum + value, 0) / 64;
      return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 64) / mean;
    };
    const noise = PICTURES.t2.map(spread).sort((a, b) => a - b);
    expect(noise[5]!).toBeLessThan(0.02);
    expect(noise[54]!).toBeGreaterThan(0.04);
  });

  test('turns some random contrasts into their negative', () => {
    const inverted = (p: Picture): boolean => middle(p) < block(p, 4, 4);
    expect(share(PICTURES.random, inverted)).toBeGreaterThan(0.05);
    expect(share(PICTURES.random, inverted)).toBeLessThan(0.4);
    expect(share(PICTURES.t2, inverted)).toBe(0);
  });

  test('draws the same for the same streams', () => {
    expect(drawn(3, 't2').data).toEqual(PICTURES.t2[3]!.data);
  });
});
