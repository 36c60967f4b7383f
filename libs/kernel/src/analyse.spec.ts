import { assembleVolume, groupSeries, resampleSagittal } from '@endplate/imaging';
import { analyseStudy } from './analyse';
import { ctSeries, hounsfield, mrSeries, segmenterFor } from './fixture/box-analysis';
import { boxSpine } from './fixture/box-spine';
import { boxStudy } from './fixture/box-study';
import { truthSegmenter } from './fixture/truth-segmenter';
import { THRESHOLDS } from './thresholds';

describe('analyseStudy on what it can not use', () => {
  it('marks a study without a spine as not analysed', async () => {
    const empty = boxSpine(0, { sacrum: false });
    const series = { ...ctSeries(false), dims: [60, 60, 40] as const, valueAt: hounsfield(empty, false) };
    const study = boxStudy('empty', [series]);
    const volume = await assembleVolume(groupSeries(study.headers)[0]!, study.readInstance);
    const grid = resampleSagittal(volume, { inPlaneMm: 1, sliceMm: THRESHOLDS.segment.ctSliceMm });
    const { findings, labelMaps, keySlices } = await analyseStudy(
      { ...study, version: 1, digest: 'd', createdAt: '2026-01-02T03:04:05Z' },
      {
        segmenter: truthSegmenter([{ grid, classAt: empty.classAt }]),
        software: { name: 'Endplate', version: '0.1.0' },
      },
    );
    expect(findings.outcome).toMatchObject({ status: 'not-analysed', reason: { code: 'NO_SPINE_FOUND' } });
    expect(findings.series.every((s) => !s.used)).toBe(true);
    expect([labelMaps, keySlices]).toEqual([[], []]);
  });

  it('marks pixel data that can not be decoded', async () => {
    const study = boxStudy('mr', [mrSeries('t2')]);
    const segmenter = await segmenterFor(study, [{ name: 't2' }]);
    const { findings } = await analyseStudy(
      {
        ...study,
        readInstance: async (uid) => (await study.readInstance(uid)).subarray(0, 4000),
        version: 1,
        digest: 'd',
        createdAt: '2026-01-02T03:04:05Z',
      },
      { segmenter, software: { name: 'Endplate', version: '0.1.0' } },
    );
    expect(findings.outcome).toMatchObject({ status: 'not-analysed', reason: { code: 'PIXEL_DATA_UNREADABLE' } });
  });

  it('keeps a network from a modality that it is not for', async () => {
    const study = boxStudy('mr', [mrSeries('t2')]);
    const segmenter = await segmenterFor(study, [{ name: 't2' }]);
    const { findings } = await analyseStudy(
      { ...study, version: 1, digest: 'd', createdAt: '2026-01-02T03:04:05Z' },
      {
        segmenter: { ...segmenter, input: { ...segmenter.input, modalities: ['CT'] } },
        software: { name: 'Endplate', version: '0.1.0' },
      },
    );
    expect(findings.outcome).toMatchObject({ status: 'not-analysed', reason: { code: 'MODALITY_NOT_SUPPORTED' } });
  });

  it('lets a failing store pass through, so that the job is tried again', async () => {
    const study = boxStudy('mr', [mrSeries('t2')]);
    const segmenter = await segmenterFor(study, [{ name: 't2' }]);
    const input = {
      ...study,
      readInstance: () => Promise.reject(new Error('store is down')),
      version: 1,
      digest: 'd',
      createdAt: '2026-01-02T03:04:05Z',
    };
    await expect(analyseStudy(input, { segmenter, software: { name: 'Endplate', version: '0.1.0' } })).rejects.toThrow(
      'store is down',
    );
  });
});
