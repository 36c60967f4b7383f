import { type NaturalDataset } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { ReferenceUnknownError } from '../errors';
import { sopItem } from '../sr/content/content-item';

/** An object that we made of the study. */
export interface OwnObject {
  readonly seriesInstanceUID: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
}

/**
 * Current Requested Procedure Evidence: the images given, by series, each once, and objects of our own.
 *
 * @throws {@link ReferenceUnknownError} `REPORTING_REFERENCE_UNKNOWN` for one that no series of the findings lists
 * @standard PS3.3 C.17.2.3
 */
export function evidenceSequence(
  findings: StudyFindings,
  sopInstanceUIDs: Iterable<string>,
  ours: readonly OwnObject[] = [],
): NaturalDataset[] {
  const wanted = new Set(sopInstanceUIDs);
  const series: NaturalDataset[] = [];
  for (const { seriesInstanceUID, instances } of findings.series) {
    const mine = new Map<string, NaturalDataset>();
    for (const { sopClassUID, sopInstanceUID } of instances) {
      if (!wanted.has(sopInstanceUID)) continue;
      mine.set(sopInstanceUID, sopItem({ sopClassUID, sopInstanceUID }));
    }
    for (const uid of mine.keys()) wanted.delete(uid);
    if (mine.size > 0) series.push({ SeriesInstanceUID: seriesInstanceUID, ReferencedSOPSequence: [...mine.values()] });
  }
  for (const { seriesInstanceUID, sopClassUID, sopInstanceUID } of ours) {
    if (!wanted.delete(sopInstanceUID)) continue;
    const item = sopItem({ sopClassUID, sopInstanceUID });
    series.push({ SeriesInstanceUID: seriesInstanceUID, ReferencedSOPSequence: [item] });
  }
  const [unknown] = wanted;
  if (unknown !== undefined) throw new ReferenceUnknownError(unknown);
  return series.length === 0 ? [] : [{ StudyInstanceUID: findings.studyInstanceUID, ReferencedSeriesSequence: series }];
}
