import { scale, type Vec3 } from '@endplate/dicom';
import { drawAnatomy } from '../anatomy/anatomy';
import { pointIn } from '../anatomy/frame';
import { rasterise } from '../anatomy/rasterise';
import { ctSignal } from '../ct/ct-signal';
import { Rng } from '../random/rng';
import { ValueNoise } from '../random/value-noise';
import { SliceRenderer, type ImageGrid } from '../series/render-slice';
import { measureCalcifications, measureDiscs, measureTissues, measureVertebrae } from './measure-anatomy';

const everything = { fromZ: -1e3, toZ: 1e3 };
const anatomy = drawAnatomy(21, {
  calcification: true,
  vacuum: false,
  wear: 0.1,
  slips: false,
  fractures: false,
  metal: false,
});

describe('truth of calcification', () => {
  test('is the volume of the ellipsoid where nothing cuts it, and less where the disc does', () => {
    const lesions = anatomy.calcifications;
    expect(lesions.length).toBeGreaterThan(0);
    for (const lesion of lesions) {
      const [a, b, c] = lesion.solid.half;
      const whole = (4 / 3) * Math.PI * a * b * c;
      const drawn = measureTissues(anatomy, lesion.solid, 0.15).get(lesion.tissue)?.volumeMm3 ?? 0;
      expect(drawn).toBeLessThan(whole * 1.03);
      if (lesion.site === 'nucleus' && lesions.filter((other) => other.disc === lesion.disc).length === 1) {
        expect(drawn).toBeGreaterThan(whole * 0.97);
      }
    }
  });

  test('agrees with the signal of a fine, noise-free CT within 4 %', () => {
    const lesion = anatomy.calcifications[0]!;
    const disc = anatomy.discs.find((d) => d.plan.level === lesion.disc)!;
    const truth = measureCalcifications(anatomy, disc);
    const others = anatomy.calcifications.filter((other) => other.disc === lesion.disc);
    const signal = ctSignal(anatomy, new Rng(1), false);
    // One even background in the disc, everything else as it: what is left is the lesions' own signal.
    signal.value.fill(0);
    for (const other of others) signal.value[other.tissue] = 1;
    const pixelMm = 0.5;
    const size = 144;
    const renderer = new SliceRenderer(
      anatomy,
      signal,
      [new ValueNoise(new Rng(1), 2), new ValueNoise(new Rng(2), 5)],
      { rows: size, columns: size },
    );
    const centre = disc.plan.frame.origin;
    let sum = 0;
    for (let z = centre[2] - 22; z <= centre[2] + 22; z += 0.5) {
      const position: Vec3 = [centre[0] - (size / 2) * pixelMm, centre[1] - (size / 2) * pixelMm, z];
      const grid: ImageGrid = {
        position,
        alongRow: [1, 0, 0],
        alongColumn: [0, 1, 0],
        rows: size,
        columns: size,
        pixelMm,
      };
      for (const v of renderer.render(grid, { sliceThicknessMm: 0.5, planes: 2, fwhmMm: 0.8 }).signal) sum += v;
    }
    const measured = sum * pixelMm * pixelMm * 0.5;
    const expected = truth.reduce((total, { volumeMm3 }) => total + volumeMm3, 0);
    expect(expected).toBeGreaterThan(3);
    expect(Math.abs(measured / expected - 1)).toBeLessThan(0.04);
  });
});

describe('truth of geometry', () => {
  test('names vertebrae and discs in order, at heights a spine can have', () => {
    const vertebrae = measureVertebrae(anatomy, everything);
    expect(vertebrae.map((v) => v.level).slice(0, 6)).toEqual(
      anatomy.plan.bodies.slice(0, 6).map((body) => body.level),
    );
    const discs = measureDiscs(anatomy, everything);
    for (const [n, disc] of discs.entries()) {
      expect(disc.level).toBe(anatomy.plan.discs[n]!.level);
      // The endplates are hollow: the middle is as high as the planned gap or higher, never much lower.
      expect(disc.middleHeightMm).toBeGreaterThan(anatomy.plan.discs[n]!.heightMm - 1.5);
      expect(disc.middleHeightMm).toBeLessThan(anatomy.plan.discs[n]!.heightMm + 10);
      expect(Number.isFinite(disc.anteriorHeightMm + disc.posteriorHeightMm)).toBe(true);
    }
    expect(discs[0]!.anteriorHeightMm).toBeGreaterThan(discs[0]!.posteriorHeightMm);
  });

  test('keeps to the field of view', () => {
    const third = anatomy.plan.bodies[2]!.frame.origin[2];
    const seen = measureVertebrae(anatomy, { fromZ: third - 1, toZ: third + 1 });
    expect(seen.map((v) => v.level)).toEqual([anatomy.plan.bodies[2]!.level]);
  });

  test.each([5, 7, 21])('gives the heights that a raster of patient %d shows, at the sacrum too', (seed) => {
    const drawn = drawAnatomy(seed, {
      calcification: false,
      vacuum: false,
      schmorl: false,
      slips: false,
      metal: false,
    });
    const truth = measureDiscs(drawn, everything);
    for (const [n, { plan, instance }] of drawn.discs.slice(0, 3).entries()) {
      const { frame, halfDepthMm } = plan;
      const column = (p: number): number => {
        const origin = pointIn(frame, 0, p * halfDepthMm, -25);
        const plane = { origin, columnStep: frame.left, rowStep: scale(frame.up, 0.05), columns: 1, rows: 1000 };
        return rasterise(drawn.solids, plane).instance.filter((value) => value === instance).length * 0.05;
      };
      expect(Math.abs(column(0) - truth[n]!.middleHeightMm)).toBeLessThan(0.3);
      expect(Math.abs(column(0.8) - truth[n]!.posteriorHeightMm)).toBeLessThan(0.3);
    }
  });
});
