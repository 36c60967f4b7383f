import { SopClass, TransferSyntax } from '@endplate/dicom';
import { parseListenerConfig } from '../../apps/listener/src/listener.config';
import { ctInstance } from '../../apps/listener/src/testing/instance';
import { type ListenerBench } from '../../apps/listener/src/testing/listener-bench';
import { statusOfFailure } from '../../apps/listener/src/receive/failure-status';
import { DATA_SET_PRESENT } from '../../libs/dimse/src/message/command-set';
import { document, quoted, rows } from './document-table';
import { type ListedBench, openListedBench } from './listed-bench';
import { type Proposal, RawPeer } from './raw-peer';

/** Requirement: the conformance statement says what the listener negotiates and answers, no more and no less. */

const TEXT = document('conformance.md');
const section = (from: string, to: string): string => TEXT.slice(TEXT.indexOf(from), TEXT.indexOf(to));
const EXPLICIT = TransferSyntax.ExplicitVRLittleEndian;
const IMPLICIT = TransferSyntax.ImplicitVRLittleEndian;

let listed: ListedBench;
let bench: ListenerBench;
beforeAll(async () => {
  listed = await openListedBench([
    { aeTitle: 'CT1' },
    { aeTitle: 'ONE', quota: { instancesPerMinute: 1 } },
    { aeTitle: 'MR_ONLY', filter: { modalities: ['MR'] } },
  ]);
  ({ bench } = listed);
});
afterAll(() => listed?.close());

/** Which of these contexts are accepted, each proposed by itself. */
async function accepted(proposals: readonly Proposal[]): Promise<Proposal[]> {
  const found: Proposal[] = [];
  for (let at = 0; at < proposals.length; at += 128) {
    const some = proposals.slice(at, at + 128);
    const peer = await RawPeer.open(bench.port, 'CT1', some);
    found.push(...peer.accepted(some));
    peer.close();
  }
  return found;
}

const uidsOf = (text: string): string[] =>
  rows(text)
    .filter((cells) => cells.length >= 2)
    .flatMap(quoted)
    .filter((word) => /^[0-9.]+$/.test(word));

describe('what is negotiated', () => {
  it('is every storage SOP class of 2.3 in every transfer syntax of 2.3', async () => {
    const storage = section('### 2.3', '### 2.4');
    const at = storage.indexOf('Each in every one');
    const [classes, syntaxes] = [uidsOf(storage.slice(0, at)), uidsOf(storage.slice(at))];
    expect(classes.length).toBeGreaterThan(50);
    expect(syntaxes.length).toBeGreaterThan(15);
    const all = classes.flatMap((uid) => syntaxes.map((syntax) => [uid, syntax] as const));
    expect(await accepted(all)).toEqual(all);
  });

  it('is Verification and the services of 2.9 in explicit and implicit VR, and nothing else', async () => {
    const services = uidsOf(section('### 2.9', '**Storage Commitment.**'));
    const plain = [SopClass.VerificationSOPClass, ...services].flatMap((uid) => [[uid, EXPLICIT], [uid, IMPLICIT]] as const); // prettier-ignore
    expect(await accepted(plain)).toEqual(plain);
    const others = ['1.2.840.10008.5.1.4.1.2.2.1', '1.2.840.10008.5.1.4.1.2.2.2', '1.2.840.10008.5.1.4.1.2.2.3', '1.2.840.10008.5.1.4.31', '1.2.840.10008.5.1.1.9']; // prettier-ignore
    const refused = [
      ...others.map((uid) => [uid, IMPLICIT] as const),
      ...services.map((uid) => [uid, TransferSyntax.JPEG2000Lossless] as const),
      [SopClass.CTImageStorage, '1.2.840.10008.1.2.4.100'] as const,
    ];
    expect(await accepted([...plain.slice(0, 1), ...refused])).toEqual(plain.slice(0, 1));
  });

  it('has the limits of 2.1', async () => {
    const { dicom } = parseListenerConfig({});
    const policies = new Map(rows(section('### 2.1', '### 2.2')).map(([name, value]) => [name!, value!]));
    const said = (name: string): number => Number(/\(([0-9]+)/.exec(policies.get(name)!)![1]);
    const peer = await RawPeer.open(bench.port, 'CT1', [[SopClass.CTImageStorage, EXPLICIT]], {
      asynchronousOperations: { invoked: 0, performed: 5 },
    });
    const { maximumLength, asynchronousOperations } = peer.answer.userInformation;
    expect(said('Maximum PDU received')).toBe(maximumLength);
    expect(said('Maximum PDU received')).toBe(dicom.maxPduBytes);
    expect(said('Associations at one time')).toBe(dicom.maxAssociations);
    expect(1000 * said('ARTIM timer')).toBe(dicom.artimMs);
    expect(1000 * said('Silence that ends an association')).toBe(dicom.idleMs);
    expect(policies.get('Application context')).toBe(peer.answer.applicationContextName);
    const window = /up to ([0-9]+) operations invoked.*performed ([0-9]+)/.exec(policies.get('Asynchronous operations window')!)!; // prettier-ignore
    expect(asynchronousOperations).toEqual({ invoked: Number(window[1]), performed: Number(window[2]) });
    peer.close();
  });
});

it('the statuses of C-STORE are those that are answered', async () => {
  const { sopClassUID, sopInstanceUID, dataSet } = ctInstance('a');
  const store = async (aeTitle: string, changes: { readonly uid?: string; readonly sopClass?: string; readonly data?: Buffer } = {}): Promise<number> => { // prettier-ignore
    const peer = await RawPeer.open(bench.port, aeTitle, [[SopClass.CTImageStorage, EXPLICIT]]);
    const { uid = sopInstanceUID, sopClass = sopClassUID, data = dataSet } = changes;
    const response = await peer.ask(
      1,
      {
        AffectedSOPClassUID: sopClass,
        CommandField: 1,
        MessageID: 1,
        Priority: 0,
        CommandDataSetType: DATA_SET_PRESENT,
        AffectedSOPInstanceUID: uid,
      },
      data,
    );
    peer.close();
    expect(response.Status === 0).toBe(response.ErrorComment === undefined);
    return response.Status!;
  };
  const answered = [
    await store('CT1'),
    await store('ONE').then(() => store('ONE')),
    await store('MR_ONLY'),
    await store('CT1', { uid: ctInstance('b').sopInstanceUID }),
    await store('CT1', { data: dataSet.subarray(0, dataSet.length - 10) }),
    await store('CT1', { uid: '1.2.03' }),
    await store('CT1', { sopClass: 'no UID' }),
    // The two that no sender brings about by itself on an association: a SOP class by STOW-RS, and a defect.
    statusOfFailure(Object.assign(new Error(), { code: 'LISTENER_CLASS_UNSUPPORTED' })).status,
    statusOfFailure(new Error('a defect')).status,
  ];
  const table = rows(section('Statuses of C-STORE', 'After a failure nothing'));
  const written = table.map(([status]) => status!.slice(0, 4)).filter((word) => /^[0-9A-F]{4}$/.test(word));
  expect(written.sort()).toEqual(answered.map((one) => one.toString(16).toUpperCase().padStart(4, '0')).sort());
});
