import { applyAffine, type NaturalDataset } from '@endplate/dicom';
import { groupSeries } from '../series/group-series';
import { type Series } from '../series/series';
import {
  ct,
  mr,
  SyntheticSeriesBuilder,
  volumeOf,
  field,
  type SyntheticSeries,
} from '../series/synthetic-series.builder';
import { assembleVolume } from './assemble-volume';
import { sampleLps } from './volume';

describe('a volume lies where its images lie', () => {
  test.each([
    ['axial CT', ct],
    ['sagittal MR', mr],
    ['oblique CT', { ...ct, orientation: [0.96, 0.28, 0, -0.28, 0.96, 0] }],
    ['tilted planes', { ...ct, orientation: [1, 0, 0, 0, Math.cos(0.3), Math.sin(0.3)] }],
    ['reversed order', { ...ct, spacingMm: -5 }],
    ['coronal MR', { ...mr, orientation: [1, 0, 0, 0, 0, -1] }],
  ])('%s', async (_, spec) => {
    const { series, volume } = await volumeOf(new SyntheticSeriesBuilder(spec));
    expect(series.problems).toEqual([]);
    const [ni, nj, nk] = volume.dims;
    expect([ni, nj, nk]).toEqual([spec.columns, spec.rows, spec.slices]);
    for (const [i, j, k] of [
      [0, 0, 0],
      [ni - 1, 3, nk - 1],
      [5, nj - 1, 1],
    ] as const) {
      const p = applyAffine(volume.ijkToLps, [i, j, k]);
      expect(volume.data[(k * nj + j) * ni + i]).toBeCloseTo(spec.field(p), -0.5);
    }
    const middle = applyAffine(volume.ijkToLps, [4.3, 6.7, 1.5]);
    expect(Math.abs((sampleLps(volume, middle) as number) - spec.field(middle))).toBeLessThan(1);
    expect(sampleLps(volume, applyAffine(volume.ijkToLps, [-0.6, 0, 0]))).toBeUndefined();
    expect(volume.slices).toHaveLength(nk);
    expect(volume.slices[0]?.sopInstanceUID).toBe(series.headers[0]?.sopInstanceUID);
  });

  test('gantry tilt is named, and the sheared volume is still right', async () => {
    const builder = new SyntheticSeriesBuilder({ ...ct, step: [0, 1.5, 5] });
    const { series, volume } = await volumeOf(builder);
    expect(series.problemList.map((problem) => problem.code)).toEqual(['gantry-tilt']);
    expect(series.spacingMm).toBeCloseTo(5);
    const p = applyAffine(volume.ijkToLps, [4, 6, 7.5]);
    expect(sampleLps(volume, p)).toBeCloseTo(field(p), -0.5);
  });
});

describe('voxel values', () => {
  const constant = { ...ct, slices: 2, field: () => 50 };
  const first = async (spec: SyntheticSeries): Promise<[string, number | undefined, string]> => {
    const { volume } = await volumeOf(new SyntheticSeriesBuilder(spec));
    return [volume.unit, volume.data[0], volume.data.constructor.name];
  };

  test.each<[string, Partial<SyntheticSeries>, [string, number, string]]>([
    ['HU by rescale', { attributes: { RescaleIntercept: -1024 } }, ['HU', -974, 'Int16Array']],
    ['HU by a broken slope', { attributes: { RescaleSlope: 0.5 } }, ['HU', 25, 'Float32Array']],
    [
      'MONOCHROME1 on CT is HU all the same',
      { attributes: { PhotometricInterpretation: 'MONOCHROME1' } },
      ['HU', 50, 'Int16Array'],
    ],
    ['padding is air', { attributes: { PixelPaddingValue: 50 } }, ['HU', -1024, 'Int16Array']],
    [
      'padding range',
      { attributes: { PixelPaddingValue: 40, PixelPaddingRangeLimit: 60 } },
      ['HU', -1024, 'Int16Array'],
    ],
    ['CT that is not HU', { attributes: { RescaleType: 'US' } }, ['signal', 50, 'Int16Array']],
    [
      'MR is not rescaled',
      { modality: 'MR', attributes: { RescaleSlope: 3, RescaleIntercept: 7 } },
      ['signal', 50, 'Int16Array'],
    ],
    [
      'MONOCHROME1 on MR is turned over',
      {
        modality: 'MR',
        attributes: { PhotometricInterpretation: 'MONOCHROME1', PixelRepresentation: 0, BitsStored: 12, HighBit: 11 },
      },
      ['signal', 4045, 'Int16Array'],
    ],
    [
      '16 bits unsigned',
      { modality: 'MR', attributes: { PixelRepresentation: 0 }, store: () => -1 },
      ['signal', 65535, 'Float32Array'],
    ],
    [
      '12 bits signed',
      { modality: 'MR', attributes: { BitsStored: 12, HighBit: 11 }, store: () => 0x0fff },
      ['signal', -1, 'Int16Array'],
    ],
  ])('%s', async (_, change, expected) => {
    expect(await first({ ...constant, ...change })).toEqual(expected);
  });
});

describe('instances that are not what they were', () => {
  test.each<[string, NaturalDataset]>([
    ['another UID', { SOPInstanceUID: '1.2.3' }],
    ['another size', { Rows: 12, Columns: 40 }],
    ['other bits', { BitsStored: 12, HighBit: 11 }],
  ])('%s', async (_, change) => {
    const builder = new SyntheticSeriesBuilder(ct);
    const other = new SyntheticSeriesBuilder({ ...ct, attributes: change });
    const [series] = groupSeries(builder.headers) as [Series];
    const bytes = [...other.instances.values()][0] as Buffer;
    await expect(assembleVolume(series, () => Promise.resolve(bytes))).rejects.toMatchObject({
      code: 'IMAGING_INSTANCE_MISMATCH',
    });
  });

  test('a header that claims a huge image allocates nothing', async () => {
    const builder = new SyntheticSeriesBuilder(ct);
    const [series] = groupSeries(builder.headers.map((header) => ({ ...header, rows: 65535, columns: 65535 }))) as [
      Series,
    ];
    await expect(assembleVolume(series, builder.readInstance)).rejects.toMatchObject({
      code: 'IMAGING_VOLUME_TOO_LARGE',
    });
  });
});
