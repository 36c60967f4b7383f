import { encodeDataSet, parseUid, SopClass, TransferSyntax } from '@endplate/dicom';
import { type AssociationOptions, openAssociation } from '@endplate/dimse';
import { FetchFailedError, hex } from '../errors';
import { type RetrieveDesk } from '../retrieve/retrieve-desk';
import { type DicomObject, type FetchedObject } from './destination.port';

/** A PACS may re-encode an object and add to it; more than this on top is not ours. */
const MAX_GROWTH_BYTES = 4 * 1024 ** 2;

/** How a destination is asked to move objects to us. */
export interface MoveBack {
  readonly desk: RetrieveDesk;
  /** AE title that the destination knows our receiving address by. */
  readonly aeTitle: string;
}

/** Context of the retrieve model. */
export const MOVE_CONTEXTS: AssociationOptions['contexts'] = [
  {
    abstractSyntax: SopClass.StudyRootMove,
    transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian],
  },
];

/**
 * Has a destination send objects back, one C-MOVE at IMAGE level each, so that one lies in memory at a time. What the
 * destination does not send is left out.
 * @param peer - of the retrieve SCP, with {@link MOVE_CONTEXTS}
 * @throws NOTIFIER_FETCH_FAILED, DIMSE_ codes
 * @standard PS3.4 C.4.2.1
 */
export async function* fetchByMove(
  peer: AssociationOptions,
  { desk, aeTitle }: MoveBack,
  studyInstanceUID: string,
  objects: readonly DicomObject[],
): AsyncGenerator<FetchedObject> {
  const association = await openAssociation(peer);
  try {
    const transferSyntax = association.contextFor(SopClass.StudyRootMove)?.transferSyntax;
    const syntax = parseUid(transferSyntax ?? TransferSyntax.ImplicitVRLittleEndian);
    for (const { seriesInstanceUID, sopInstanceUID, bytes } of objects) {
      const expected = desk.expect(sopInstanceUID, 2 * bytes.length + MAX_GROWTH_BYTES);
      try {
        const { kind, status } = await association.move({
          sopClassUID: SopClass.StudyRootMove,
          destinationAETitle: aeTitle,
          moveTimeoutMs: peer.responseTimeoutMs ?? 60_000,
          identifier: encodeDataSet(
            {
              QueryRetrieveLevel: 'IMAGE',
              StudyInstanceUID: studyInstanceUID,
              SeriesInstanceUID: seriesInstanceUID,
              SOPInstanceUID: sopInstanceUID,
            },
            syntax,
          ),
        });
        const object = expected.received();
        if (object) yield object;
        else if (kind !== 'success') throw new FetchFailedError(`C-MOVE was answered with status 0x${hex(status)}`);
      } finally {
        expected.forget();
      }
    }
  } catch (error) {
    association.abort();
    throw error;
  }
  await association.release().catch(() => association.abort());
}
