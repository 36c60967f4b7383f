import {
  applyAffine,
  deriveUid,
  encodePart10,
  readPart10,
  SopClass,
  type NaturalDataset,
  type Vec3,
} from '@endplate/dicom';
import { assembleVolume } from '../volume/assemble-volume';
import { sampleLps } from '../volume/volume';
import { groupSeries } from './group-series';
import { readInstanceHeader } from './read-instance-header';
import { type Series } from './series';
import { ct, field, mr, SyntheticSeriesBuilder, volumeOf } from './synthetic-series.builder';

describe('series', () => {
  test('missing slices are named, interpolated, and marked', async () => {
    const builder = new SyntheticSeriesBuilder(ct);
    builder.headers.splice(5, 2);
    const { series, volume } = await volumeOf(builder);
    expect(series.problemList.map((problem) => problem.code)).toEqual(['missing-slices']);
    expect(volume.dims[2]).toBe(12);
    expect(
      volume.slices
        .map((slice) => slice.interpolated ?? false)
        .map(Number)
        .join(''),
    ).toBe('000001100000');
    const p = applyAffine(volume.ijkToLps, [3, 3, 5.5]);
    expect(sampleLps(volume, p)).toBeCloseTo(field(p), -0.5);
  });

  test('duplicates are named and left out; what lies behind a wide gap too', () => {
    const builder = new SyntheticSeriesBuilder(ct);
    builder.addSlice(3, 'again');
    builder.addSlice(40, 'far');
    const [series] = groupSeries(builder.headers);
    expect(series?.headers).toHaveLength(12);
    expect(series?.problemList.map((problem) => problem.code)).toEqual(['duplicate-position', 'slices-dropped']);
  });

  test('an uneven spacing is named', () => {
    const builder = new SyntheticSeriesBuilder(ct);
    const moved = builder.headers.map((header, n) =>
      n === 4 ? { ...header, imagePositionPatient: [-19, -12, -8.2] as Vec3 } : header,
    );
    expect(groupSeries(moved)[0]?.problemList.map((problem) => problem.code)).toEqual(['irregular-spacing']);
  });

  test('a localiser in the series is a series of its own, and so is every orientation and echo', () => {
    const builder = new SyntheticSeriesBuilder(mr);
    builder.addSlice(0, 'loc', { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] });
    builder.addSlice(0, 'coronal', { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] });
    builder.addSlice(0, 'echo', { EchoTime: 90 });
    expect(
      groupSeries(builder.headers)
        .map((series) => series.headers.length)
        .sort(),
    ).toEqual([1, 1, 1, 5]);
  });

  test('images without geometry are kept, with the reason', async () => {
    const builder = new SyntheticSeriesBuilder({ ...mr, attributes: { ImagePositionPatient: undefined } });
    const [series] = groupSeries(builder.headers) as [Series];
    expect(series.problemList.map((problem) => problem.code)).toEqual(['no-geometry']);
    expect(series.headers).toHaveLength(5);
    await expect(assembleVolume(series, builder.readInstance)).rejects.toMatchObject({
      code: 'IMAGING_SERIES_UNUSABLE',
    });
  });

  test('repeated acquisitions are told apart', () => {
    const builder = new SyntheticSeriesBuilder({ ...ct, attributes: { AcquisitionNumber: 1 } });
    for (let n = 0; n < ct.slices; n++) builder.addSlice(n, `second ${n}`, { AcquisitionNumber: 2 });
    expect(groupSeries(builder.headers).map((series) => series.headers.length)).toEqual([12, 12]);
  });
});

describe('enhanced multi-frame', () => {
  const plain = new SyntheticSeriesBuilder(mr);
  const frames = [3, 0, 4, 1, 2];
  const dataset: NaturalDataset = {
    SOPClassUID: SopClass.EnhancedMRImageStorage,
    SOPInstanceUID: deriveUid('enhanced'),
    StudyInstanceUID: deriveUid('enhanced', 'study'),
    SeriesInstanceUID: deriveUid('enhanced', 'series'),
    Modality: 'MR',
    ImageType: ['ORIGINAL', 'PRIMARY', 'OTHER', 'NONE'],
    EchoPulseSequence: 'SPIN',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: 5,
    Rows: mr.rows,
    Columns: mr.columns,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    SharedFunctionalGroupsSequence: [
      {
        PixelMeasuresSequence: [{ PixelSpacing: mr.pixelSpacing, SliceThickness: 4 }],
        PlaneOrientationSequence: [{ ImageOrientationPatient: mr.orientation }],
        MRTimingAndRelatedParametersSequence: [{ RepetitionTime: 500, FlipAngle: 90 }],
        MRModifierSequence: [{ SpectrallySelectedSuppression: 'FAT' }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map((n) => ({
      PlanePositionSequence: [{ ImagePositionPatient: plain.position(n) }],
      MREchoSequence: [{ EffectiveEchoTime: 11 }],
    })),
    PixelData: Buffer.concat(frames.map((n) => Buffer.from(plain.pixels(n).buffer))),
  };

  test('frames become slices in place, times come from the functional groups', async () => {
    const bytes = encodePart10(dataset);
    const header = readInstanceHeader(readPart10(bytes).dataSet);
    const [series] = groupSeries([header]) as [Series];
    expect(series.headers.map((frame) => frame.frameNumber)).toEqual([2, 4, 5, 1, 3]);
    expect(series.headers[0]).toMatchObject({
      repetitionTimeMs: 500,
      echoTimeMs: 11,
      scanningSequence: ['SE'],
      scanOptions: ['FS'],
    });
    const volume = await assembleVolume(series, () => Promise.resolve(bytes));
    const p = applyAffine(volume.ijkToLps, [7, 9, 1.5]);
    expect(sampleLps(volume, p)).toBeCloseTo(mr.field(p), -0.5);
    expect(volume.slices[0]?.frameNumber).toBe(2);
  });

  test('without positions it is refused with the reason', () => {
    const bytes = encodePart10({ ...dataset, PerFrameFunctionalGroupsSequence: [] });
    const [series] = groupSeries([readInstanceHeader(readPart10(bytes).dataSet)]) as [Series];
    expect(series.problemList.map((problem) => problem.code)).toEqual(['multi-frame-without-geometry']);
  });
});
