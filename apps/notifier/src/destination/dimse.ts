import { encodeDataSet, parseDataSet, parseUid, SopClass, Tag, TransferSyntax } from '@endplate/dicom';
import { openAssociation, type AssociationOptions, type ScuAssociation, Status } from '@endplate/dimse';
import { type Destination } from '@endplate/platform';
import { type CommitmentRecords } from '../commitment/commitment-records';
import {
  type Alternatives,
  type CommittableObject,
  type DestinationPort,
  type FindableObject,
  type SendableObject,
  type SendAnswer,
} from './destination.port';
import { askForCommitment, type CommitmentPeer } from './dimse-commitment';
import { storeVerdict } from './store-verdict';

/** Matches looked at per object: a correct answer has one. */
const MAX_MATCHES = 16;
const QUERY_SYNTAXES = [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian];

/**
 * A PACS over DIMSE: C-STORE to send, C-FIND at IMAGE level to read back.
 * @param callingAETitle - ours, where the destination does not say another
 * @param commitments - where results go; without it storage commitment is not asked for
 */
export function dimseDestination(
  destination: Destination,
  callingAETitle: string,
  commitments?: CommitmentRecords,
): DestinationPort {
  const port = new DimseDestination(destination, destination.callingAETitle ?? callingAETitle);
  if (!destination.commitment || !commitments) return port;
  return Object.assign(port, {
    commit: (transactionUID: string, objects: readonly CommittableObject[]) =>
      askForCommitment(peerOf(destination, callingAETitle), commitments, transactionUID, objects),
  });
}

function peerOf(destination: Destination, callingAETitle: string): CommitmentPeer {
  const { host, port, aeTitle, connectTimeoutMs, responseTimeoutMs, commitmentStayMs } = destination;
  return {
    host,
    port,
    calledAETitle: aeTitle,
    callingAETitle: destination.callingAETitle ?? callingAETitle,
    connectTimeoutMs,
    responseTimeoutMs,
    stayMs: commitmentStayMs,
  };
}

class DimseDestination implements DestinationPort {
  readonly name: string;

  constructor(
    private readonly destination: Destination,
    private readonly callingAETitle: string,
  ) {
    this.name = destination.name;
  }

  async send(objects: readonly Alternatives[]): Promise<readonly SendAnswer[]> {
    const { host, port, aeTitle } = this.destination;
    const association = await this.open({ host, port, calledAETitle: aeTitle, contexts: contextsFor(objects) });
    const answers: SendAnswer[] = [];
    await conversation(association, async () => {
      for (const alternatives of objects) {
        const answer = await sendOne(association, alternatives);
        answers.push(answer);
        // A destination that has no room has none for the next object either.
        if (answer.verdict === 'busy') return;
      }
    });
    return answers;
  }

  async find(studyInstanceUID: string, objects: readonly FindableObject[]): Promise<ReadonlySet<string>> {
    const { host, port, aeTitle, query } = this.destination;
    const association = await this.open({
      host: query?.host ?? host,
      port: query?.port ?? port,
      calledAETitle: query?.aeTitle ?? aeTitle,
      contexts: [{ abstractSyntax: SopClass.StudyRootFind, transferSyntaxes: QUERY_SYNTAXES }],
    });
    const found = new Set<string>();
    await conversation(association, async () => {
      for (const object of objects) {
        if (await isThere(association, studyInstanceUID, object)) found.add(object.sopInstanceUID);
      }
    });
    return found;
  }

  private open(
    peer: Pick<AssociationOptions, 'host' | 'port' | 'calledAETitle' | 'contexts'>,
  ): Promise<ScuAssociation> {
    const { connectTimeoutMs, responseTimeoutMs } = this.destination;
    return openAssociation({ ...peer, callingAETitle: this.callingAETitle, connectTimeoutMs, responseTimeoutMs });
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
function contextsFor(objects: readonly Alternatives[]): AssociationOptions['contexts'] {
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
async function sendOne(association: ScuAssociation, alternatives: Alternatives): Promise<SendAnswer> {
  const [first] = alternatives;
  if (!first) throw new RangeError('nothing to choose from');
  let answer: SendAnswer = { object: first, verdict: 'refused' };
  for (const object of alternatives) {
    if (!association.contextFor(object.sopClassUID, object.transferSyntaxUID)) continue;
    const status = await store(association, object);
    answer = { object, verdict: storeVerdict(status), status };
    // Only a refused SOP class is a reason to try another one.
    if (status !== Status.SOPClassNotSupported) return answer;
  }
  return answer;
}

async function store(association: ScuAssociation, object: SendableObject): Promise<number> {
  const { sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet } = object;
  const { status } = await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
  return status;
}

/** @standard PS3.4 C.4.1.2.1 */
async function isThere(
  association: ScuAssociation,
  studyInstanceUID: string,
  { seriesInstanceUID, sopInstanceUID }: FindableObject,
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
