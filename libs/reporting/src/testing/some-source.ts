import { type StudyFindings } from '@endplate/findings';
import { type SegmentationSource } from '../seg/segmentation-source';

/** 9 x 7 pixels: no whole number of bytes, so that frames begin inside one. */
export const SERIES = [9, 7, 15] as const;
const DIMS = [4, 5, 6] as const;
/** Of the box in the series. */
export const OFFSET = [3, 1, 2] as const;

/** A small sagittal series with a disc, a body and what the findings do not know. */
export function someSource(findings: StudyFindings, change: Partial<SegmentationSource> = {}): SegmentationSource {
  const series = findings.series[0]!;
  const count = DIMS[0] * DIMS[1] * DIMS[2];
  return {
    seriesInstanceUID: series.seriesInstanceUID,
    ...(series.frameOfReferenceUID === undefined ? {} : { frameOfReferenceUID: series.frameOfReferenceUID }),
    dims: DIMS,
    offset: OFFSET,
    // Sagittal: columns go to posterior, rows to inferior, planes to the left.
    ijkToLps: [0, 0, 3, -10, 0.8, 0, 0, -20, 0, -0.8, 0, 30, 0, 0, 0, 1],
    seriesDims: SERIES,
    images: series.instances.slice(0, SERIES[2]),
    instances: Uint8Array.from({ length: count }, (_, at) => (at % 3 === 0 ? 1 : at % 7 === 0 ? 2 : at < 40 ? 3 : 0)),
    instanceList: [
      { value: 1, kind: 'disc', findingId: 'disc-1' },
      { value: 2, kind: 'body', findingId: 'vertebra-1' },
      { value: 3, kind: 'sacrum', findingId: 'no-such-finding' },
    ],
    lesions: [],
    ...change,
  };
}
