import { encodeDataSet, parseUid, SopClass } from '@endplate/dicom';
import { type MoveOutcome, type ScuAssociation } from '@endplate/dimse';
import { type FetchOutcome, type NamedInstance } from '@endplate/studies';

/** What a source is to send to us. */
export interface MoveWish {
  readonly studyInstanceUID: string;
  /** The whole study when absent. */
  readonly instances?: readonly NamedInstance[];
  /** Our AE title; the source has to know its address. */
  readonly destinationAETitle: string;
  /** Longest wait for one move, ms. */
  readonly moveTimeoutMs: number;
}

/** UIDs of one identifier: 64 characters each, well below what peers take for one element. */
const BATCH = 100;
/** Identifier does not match SOP Class, unable to process: the peer may know whole studies alone. */
const NOT_SO = new Set([0xa900, 0x0122, 0x0110]);

/**
 * Moves instances to ourselves, series by series in batches; a peer that refuses single instances is asked for the
 * study, of which what is here already is stored once.
 * @throws DIMSE_ codes
 * @standard PS3.4 C.4.2
 */
export async function moveToUs(
  association: ScuAssociation,
  wish: MoveWish,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const { studyInstanceUID, instances } = wish;
  const study = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: studyInstanceUID };
  if (!instances) return countsOf(await move(association, wish, study, signal));
  let [completed, failed] = [0, 0];
  for (const { seriesInstanceUID, batch } of batchesOf(instances)) {
    const keys = {
      ...{ QueryRetrieveLevel: 'IMAGE', StudyInstanceUID: studyInstanceUID, SeriesInstanceUID: seriesInstanceUID },
      SOPInstanceUID: batch,
    };
    const outcome = await move(association, wish, keys, signal);
    const counts = countsOf(outcome);
    if (completed === 0 && counts.completed === 0 && NOT_SO.has(outcome.status)) {
      return countsOf(await move(association, wish, study, signal));
    }
    completed += counts.completed;
    failed += counts.failed;
  }
  return { completed, failed };
}

function move(
  association: ScuAssociation,
  { destinationAETitle, moveTimeoutMs }: MoveWish,
  keys: Readonly<Record<string, string | string[]>>,
  signal: AbortSignal,
): Promise<MoveOutcome> {
  const sopClassUID = SopClass.StudyRootMove;
  const syntax = parseUid(association.contextFor(sopClassUID)!.transferSyntax);
  const identifier = encodeDataSet({ ...keys }, syntax);
  return association.move({ sopClassUID, destinationAETitle, identifier, moveTimeoutMs, signal });
}

function countsOf({ counts: { completed = 0, warning = 0, failed = 0 } }: MoveOutcome): FetchOutcome {
  return { completed: completed + warning, failed };
}

function* batchesOf(instances: readonly NamedInstance[]) {
  const series = new Map<string, string[]>();
  for (const { seriesInstanceUID, sopInstanceUID } of instances) {
    const uids = series.get(seriesInstanceUID);
    if (uids) uids.push(sopInstanceUID);
    else series.set(seriesInstanceUID, [sopInstanceUID]);
  }
  for (const [seriesInstanceUID, uids] of series) {
    for (let from = 0; from < uids.length; from += BATCH) {
      yield { seriesInstanceUID, batch: uids.slice(from, from + BATCH) };
    }
  }
}
