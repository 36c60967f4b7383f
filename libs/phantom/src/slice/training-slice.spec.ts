import { packShards } from './shard';
import { trainingSlices } from './training-slice';

const options = { seed: 4, count: 6, size: 128, perPatient: 3 };

describe('trainingSlices', () => {
  const slices = [...trainingSlices(options)];

  test('draws the same slices for the same seed, others for another', () => {
    const again = [...trainingSlices(options)];
    const others = [...trainingSlices({ ...options, seed: 5 })];
    for (const [n, slice] of slices.entries()) {
      expect(Buffer.from(slice.image).equals(Buffer.from(again[n]!.image))).toBe(true);
      expect(Buffer.from(slice.label).equals(Buffer.from(again[n]!.label))).toBe(true);
      expect(Buffer.from(slice.image).equals(Buffer.from(others[n]!.image))).toBe(false);
    }
  });

  test('uses the grey scale and, over a few patients, every class', () => {
    const seen = new Set<number>();
    for (const slice of trainingSlices({ seed: 4, count: 12, size: 192, perPatient: 2 })) {
      for (const value of slice.label) seen.add(value);
      expect(new Set(slice.image).size).toBeGreaterThan(20);
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('packs shards that hold every slice once, index last', () => {
    const files = [...packShards(slices, options.seed, 4)];
    expect(files.map((file) => file.name)).toEqual([
      'images-0000.bin', 'labels-0000.bin', 'images-0001.bin', 'labels-0001.bin', 'index.json',
    ]); // prettier-ignore
    const index = JSON.parse(Buffer.from(files[4]!.bytes).toString()) as {
      count: number;
      rows: number;
      shards: { count: number }[];
    };
    expect(index).toMatchObject({ count: 6, rows: 128, columns: 128, spacingMm: 1 });
    expect(index.shards.map((shard) => shard.count)).toEqual([4, 2]);
    expect(
      Buffer.from(files[2]!.bytes)
        .subarray(128 * 128)
        .equals(Buffer.from(slices[5]!.image)),
    ).toBe(true);
  });
});
