import {
  type DataSet,
  encodeDataSet,
  isUid,
  parseDataSet,
  parseUid,
  SopClass,
  STORAGE_SOP_CLASSES,
  Tag,
} from '@endplate/dicom';
import { type ScuAssociation } from '@endplate/dimse';
import { MAX_NAMED_INSTANCES, type NamedInstance, type SourceAnswer } from '@endplate/studies';
import { filteredOutBy, type InstanceFilter } from '../association/instance-filter';

/** What is asked of a source. */
export interface StudyQuestion {
  readonly studyInstanceUID: string;
  /** Instances that are here. */
  readonly here: number;
  /** SOP Instance UIDs that we made. */
  readonly ours: ReadonlySet<string>;
  /** What is taken from the source; the rest is not expected. */
  readonly filter?: InstanceFilter;
}

const MAX_STUDIES = 10;
const MAX_SERIES = 500;
const TAKEN: ReadonlySet<string> = new Set(STORAGE_SOP_CLASSES);

interface Listed {
  readonly instances: NamedInstance[];
  leftOut: number;
}

/**
 * How many instances of a study a peer has. Its count is enough where it is not above what is here; otherwise, or where
 * it gives none, series and instances are listed, and what we made or do not take is left out.
 * @throws DIMSE_ codes
 * @standard PS3.4 C.4.1, C.6.2.1
 */
export async function askForStudy(association: ScuAssociation, question: StudyQuestion): Promise<SourceAnswer> {
  const { studyInstanceUID, here, ours } = question;
  const study = await studyOf(association, studyInstanceUID);
  if (!study) return { count: 0, leftOut: 0 };
  const told = study.number(Tag.NumberOfStudyRelatedInstances);
  const counted = told !== undefined && Number.isSafeInteger(told) && told >= 0 ? told : undefined;
  if (counted !== undefined && counted <= here) return { count: counted, leftOut: 0 };
  const listed = await list(association, question, study.string(Tag.StudyDescription)).catch((error: unknown) => {
    // A peer that refuses these levels still has its count.
    if (counted === undefined || (error as { code?: unknown }).code !== 'DIMSE_MESSAGE_INVALID') throw error;
    return undefined;
  });
  if (listed && (listed.instances.length > 0 || listed.leftOut > 0 || counted === undefined)) {
    return { count: listed.instances.length, leftOut: listed.leftOut, instances: listed.instances };
  }
  const leftOut = Math.min(ours.size, counted!);
  return { count: counted! - leftOut, leftOut };
}

async function studyOf(association: ScuAssociation, studyInstanceUID: string): Promise<DataSet | undefined> {
  const keys = { StudyInstanceUID: studyInstanceUID, NumberOfStudyRelatedInstances: '', StudyDescription: '' };
  for await (const match of find(association, 'STUDY', keys, MAX_STUDIES)) {
    if (match.string(Tag.StudyInstanceUID) === studyInstanceUID) return match;
  }
  return undefined;
}

/** Undefined where there are more than can be named. */
async function list(
  association: ScuAssociation,
  { studyInstanceUID, ours, filter }: StudyQuestion,
  studyDescription: string | undefined,
): Promise<Listed | undefined> {
  const listed: Listed = { instances: [], leftOut: 0 };
  for (const series of await seriesOf(association, studyInstanceUID)) {
    const seriesInstanceUID = series.string(Tag.SeriesInstanceUID)!;
    const descriptions = [series.string(Tag.SeriesDescription), studyDescription].filter((one) => one !== undefined);
    const isTaken = !filter || !filteredOutBy(filter, { modality: series.string(Tag.Modality), descriptions });
    const keys = { StudyInstanceUID: studyInstanceUID, SeriesInstanceUID: seriesInstanceUID, SOPInstanceUID: '', SOPClassUID: '' }; // prettier-ignore
    for await (const match of find(association, 'IMAGE', keys, MAX_NAMED_INSTANCES + 1)) {
      const sopInstanceUID = match.string(Tag.SOPInstanceUID) ?? '';
      if (!isUid(sopInstanceUID)) continue;
      const sopClassUID = match.string(Tag.SOPClassUID);
      const wanted = isTaken && !ours.has(sopInstanceUID) && (!sopClassUID || TAKEN.has(sopClassUID));
      if (wanted) listed.instances.push({ seriesInstanceUID, sopInstanceUID });
      else listed.leftOut += 1;
      if (listed.instances.length + listed.leftOut > MAX_NAMED_INSTANCES) return undefined;
    }
  }
  return listed;
}

async function seriesOf(association: ScuAssociation, studyInstanceUID: string): Promise<DataSet[]> {
  const keys = { StudyInstanceUID: studyInstanceUID, SeriesInstanceUID: '', Modality: '', SeriesDescription: '' };
  const series: DataSet[] = [];
  for await (const match of find(association, 'SERIES', keys, MAX_SERIES)) {
    if (isUid(match.string(Tag.SeriesInstanceUID) ?? '')) series.push(match);
  }
  return series;
}

async function* find(
  association: ScuAssociation,
  level: 'STUDY' | 'SERIES' | 'IMAGE',
  keys: Readonly<Record<string, string>>,
  most: number,
): AsyncGenerator<DataSet> {
  const syntax = parseUid(association.contextFor(SopClass.StudyRootFind)!.transferSyntax);
  const identifier = encodeDataSet({ QueryRetrieveLevel: level, ...keys }, syntax);
  let seen = 0;
  for await (const match of association.find(SopClass.StudyRootFind, identifier)) {
    yield parseDataSet(match, syntax);
    if ((seen += 1) >= most) return;
  }
}
