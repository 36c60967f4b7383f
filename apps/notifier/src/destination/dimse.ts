import { encodeDataSet, parseDataSet, parseUid, SopClass, Tag, TransferSyntax } from '@endplate/dicom';
import { openAssociation, type AssociationOptions, type ScuAssociation } from '@endplate/dimse';
import { type DestinationOf } from '@endplate/platform';
import { type DeliveryRecord } from '@endplate/studies';
import { type CommitmentRecords } from '../commitment/commitment-records';
import { HttpPeer } from '../http/http-peer';
import { tlsOptions } from '../http/secret';
import {
  type Alternatives,
  type CommittableObject,
  type DestinationPort,
  type DicomObject,
  dicomObjects,
  type FetchedObject,
  permitted,
  type ReadBackPort,
  type SendAnswer,
} from './destination.port';
import { askForCommitment } from './dimse-commitment';
import { fetchByMove, MOVE_CONTEXTS, type MoveBack } from './move-back';
import { findByQido } from './qido';
import { refusesSopClass, storeVerdict } from './store-verdict';
import { fetchByWado } from './wado';

/** Matches looked at per object: a correct answer has one. */
const MAX_MATCHES = 16;
const QUERY_SYNTAXES = [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian];

/** Whom an association goes to, and what for. */
type Call = Pick<AssociationOptions, 'contexts'> & { readonly query?: boolean };

/**
 * A PACS over DIMSE: C-STORE to send, C-FIND at IMAGE level or QIDO-RS to read back, WADO-RS or C-MOVE to fetch.
 * @param callingAETitle - ours, where the destination does not say another
 * @param commitments - where results go; without it storage commitment is not asked for
 * @param moveBack - where moved objects arrive; without it `byteCheck: c-move` fetches nothing
 */
export function dimseDestination(
  destination: DestinationOf<'dimse'>,
  callingAETitle: string,
  commitments?: CommitmentRecords,
  moveBack?: MoveBack,
): DestinationPort {
  const peer = new DimsePeer(destination, destination.callingAETitle ?? callingAETitle);
  const readBack = readBackOf(destination, peer, moveBack);
  const commit = destination.commitment && commitments ? peer.committing(commitments) : undefined;
  return {
    name: destination.name,
    outOfReach: outOfReach(destination),
    send: (objects) => peer.send(objects),
    ...(readBack ? { readBack } : {}),
    ...(commit ? { commit } : {}),
  };
}

function outOfReach({ commitment, readBack }: DestinationOf<'dimse'>): DeliveryRecord['outOfReach'] {
  return [
    ...(commitment ? [] : [{ rung: 'committed' as const, why: 'Storage Commitment is not asked for here.' }]),
    ...(readBack === 'none' ? [{ rung: 'read-back' as const, why: 'Reading back is switched off here.' }] : []),
  ];
}

function readBackOf(
  destination: DestinationOf<'dimse'>,
  peer: DimsePeer,
  moveBack: MoveBack | undefined,
): ReadBackPort | undefined {
  const { readBack, byteCheck, dicomWebUrl: root, dicomWebAuth: auth, dicomWebTls: tls } = destination;
  if (readBack === 'none') return undefined;
  const { connectTimeoutMs, responseTimeoutMs } = destination;
  const web = (service: string) => new HttpPeer(service, { auth, tls, connectTimeoutMs, responseTimeoutMs });
  const find: ReadBackPort['find'] =
    readBack === 'qido' && root !== undefined
      ? (study, objects) => findByQido(web('QIDO-RS'), root, study, dicomObjects(objects))
      : (study, objects) => peer.find(study, dicomObjects(objects));
  if (byteCheck === 'c-move' && moveBack) {
    return {
      by: readBack,
      find,
      bytes: { by: 'c-move', fetch: (study, objects) => peer.moved(moveBack, study, objects) },
    };
  }
  if (byteCheck !== 'wado' || root === undefined) return { by: readBack, find };
  return {
    by: readBack,
    find,
    bytes: { by: 'wado', fetch: (study, objects) => fetchByWado(web('WADO-RS'), root, study, objects) },
  };
}

class DimsePeer {
  constructor(
    private readonly destination: DestinationOf<'dimse'>,
    private readonly callingAETitle: string,
  ) {}

  async send(objects: readonly Alternatives[]): Promise<readonly SendAnswer[]> {
    const alternatives = objects.map(dicomObjects);
    const association = await openAssociation(await this.options({ contexts: contextsFor(alternatives) }));
    const answers: SendAnswer[] = [];
    await conversation(association, async () => {
      for (const one of alternatives) {
        const answer = await sendOne(association, permitted(one, answers));
        answers.push(answer);
        // A destination that has no room has none for the next object either.
        if (answer.verdict === 'busy') return;
      }
    });
    return answers;
  }

  async find(studyInstanceUID: string, objects: readonly DicomObject[]): Promise<ReadonlySet<string>> {
    const contexts = [{ abstractSyntax: SopClass.StudyRootFind, transferSyntaxes: QUERY_SYNTAXES }];
    const association = await openAssociation(await this.options({ contexts, query: true }));
    const found = new Set<string>();
    await conversation(association, async () => {
      for (const object of objects) {
        if (await isThere(association, studyInstanceUID, object)) found.add(object.name);
      }
    });
    return found;
  }

  async *moved(back: MoveBack, study: string, objects: readonly DicomObject[]): AsyncGenerator<FetchedObject> {
    yield* fetchByMove(await this.options({ contexts: MOVE_CONTEXTS, query: true }), back, study, objects);
  }

  committing(records: CommitmentRecords): NonNullable<DestinationPort['commit']> {
    const { commitmentStayMs: stayMs } = this.destination;
    return async (transactionUID: string, objects: readonly CommittableObject[]) => {
      const { contexts: _, ...peer } = await this.options({ contexts: [] });
      await askForCommitment({ ...peer, stayMs }, records, transactionUID, objects);
    };
  }

  private async options({ contexts, query }: Call): Promise<AssociationOptions> {
    const { tls, connectTimeoutMs, responseTimeoutMs } = this.destination;
    const elsewhere = query ? this.destination.query : undefined;
    return {
      host: elsewhere?.host ?? this.destination.host,
      port: elsewhere?.port ?? this.destination.port,
      calledAETitle: elsewhere?.aeTitle ?? this.destination.aeTitle,
      callingAETitle: this.callingAETitle,
      contexts,
      connectTimeoutMs,
      responseTimeoutMs,
      ...(tls ? { tls: await tlsOptions(tls) } : {}),
    };
  }
}

/** Ends the association in order after the work, at once when the work failed. */
async function conversation(association: ScuAssociation, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    association.abort();
    throw error;
  }
  // Every answer is in: a peer that closes the door instead of answering the release changes nothing.
  await association.release().catch(() => association.abort());
}

/** One context per SOP class and transfer syntax. */
function contextsFor(objects: readonly (readonly DicomObject[])[]): AssociationOptions['contexts'] {
  const pairs = new Map<string, { abstractSyntax: string; transferSyntaxes: string[] }>();
  for (const { sopClassUID, transferSyntaxUID } of objects.flat()) {
    pairs.set(`${sopClassUID} ${transferSyntaxUID}`, {
      abstractSyntax: sopClassUID,
      transferSyntaxes: [transferSyntaxUID],
    });
  }
  return [...pairs.values()];
}

/** The first alternative that the destination takes; the last answer where it takes none. */
async function sendOne(association: ScuAssociation, alternatives: readonly DicomObject[]): Promise<SendAnswer> {
  const [first] = alternatives;
  if (!first) throw new RangeError('nothing to choose from');
  let answer: SendAnswer = { object: first, verdict: 'refused' };
  for (const object of alternatives) {
    if (!association.contextFor(object.sopClassUID, object.transferSyntaxUID)) continue;
    const status = await store(association, object);
    answer = { object, verdict: storeVerdict(status), status };
    // Only a refused SOP class is a reason to try another one.
    if (!refusesSopClass(status)) return answer;
  }
  return answer;
}

async function store(association: ScuAssociation, object: DicomObject): Promise<number> {
  const { sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet } = object;
  const { status } = await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
  return status;
}

/** @standard PS3.4 C.4.1.2.1 */
async function isThere(
  association: ScuAssociation,
  studyInstanceUID: string,
  { seriesInstanceUID, sopInstanceUID }: DicomObject,
): Promise<boolean> {
  const syntax = parseUid(
    association.contextFor(SopClass.StudyRootFind)?.transferSyntax ?? TransferSyntax.ImplicitVRLittleEndian,
  );
  const identifier = encodeDataSet(
    {
      QueryRetrieveLevel: 'IMAGE',
      StudyInstanceUID: studyInstanceUID,
      SeriesInstanceUID: seriesInstanceUID,
      SOPInstanceUID: sopInstanceUID,
    },
    syntax,
  );
  let [seen, there] = [0, false];
  for await (const match of association.find(SopClass.StudyRootFind, identifier)) {
    seen += 1;
    there ||= parseDataSet(match, syntax).string(Tag.SOPInstanceUID) === sopInstanceUID;
    if (seen >= MAX_MATCHES) break;
  }
  return there;
}
