import { SopClass, TransferSyntax } from '@endplate/dicom';
import { DATA_SET_PRESENT, encodeCommandSet } from '../../libs/dimse/src/message/command-set';
import { encodePdu } from '../../libs/dimse/src/pdu/encode-pdu';
import { encodePData } from '../../libs/dimse/src/pdu/p-data';
import { DICOM_APPLICATION_CONTEXT } from '../../libs/dimse/src/pdu/pdu';
import { pick, seededRandom } from '../../libs/dimse/src/testing/seeded-random';
import { any32, FUZZED_SYNTAXES, hostileDataSet, ODD_UIDS } from './hostile-data-set';
import { FUZZED_SERVICES, hostileService } from './hostile-service';

type Random = () => number;

/** What one connection does: bytes in pieces, then how it leaves. */
export interface HostileCase {
  readonly seed: number;
  readonly what: string;
  readonly pieces: readonly Buffer[];
  /** `reset`: at once; `half-close`: no more from us; `silent`: says nothing for a moment. */
  readonly leave: 'reset' | 'half-close' | 'silent';
}

/** The case of a seed, always the same. */
export function hostileCase(seed: number): HostileCase {
  const random = seededRandom(seed);
  const roll = random();
  const made = makerOf(roll)(seed, random);
  const all = Buffer.concat(made.pieces);
  const cut = random() < 0.2 ? pick(random, all.length) : all.length;
  const pieces = cut < all.length || random() < 0.2 ? shredded(all.subarray(0, cut), random) : made.pieces;
  const leave = (['reset', 'half-close', 'silent', 'silent'] as const)[pick(random, 4)]!;
  return { seed, what: `${made.what}${cut < all.length ? ', cut off' : ''}, ${leave}`, pieces, leave };
}

type Maker = (seed: number, random: Random) => Made;

function makerOf(roll: number): Maker {
  if (roll < 0.45) return store;
  if (roll < 0.65) return service;
  return roll < 0.9 ? (_, random) => strangeRequest(random) : (_, random) => outOfOrder(random);
}

interface Made {
  readonly what: string;
  readonly pieces: readonly Buffer[];
}

/** A C-STORE whose data set, command, PDVs or lengths lie. */
function store(seed: number, random: Random): Made {
  const dataSet = hostileDataSet(seed, random);
  const contextId = 1 + 2 * FUZZED_SYNTAXES.findIndex((one) => one === dataSet.transferSyntax);
  const command = encodeCommandSet({
    AffectedSOPClassUID: SopClass.CTImageStorage,
    CommandField: random() < 0.85 ? 0x0001 : [0x0020, 0x8001, 0x0fff, 0x0130, 0x0030, 0x4242][pick(random, 6)]!,
    MessageID: pick(random, 65_536),
    Priority: pick(random, 4),
    CommandDataSetType: random() < 0.9 ? DATA_SET_PRESENT : 0x0101,
    AffectedSOPInstanceUID: dataSet.sopInstanceUID.slice(0, 64),
  });
  return sent(`C-STORE: ${dataSet.what}`, contextId, command, dataSet.bytes, random);
}

/** Up to three requests of the normalised services on one association. */
function service(seed: number, random: Random): Made {
  const all = Array.from({ length: 1 + pick(random, 3) }, (_, i) => {
    const { context, command, dataSet, what } = hostileService(seed + i, random);
    const contextId = 1 + 2 * (FUZZED_SYNTAXES.length + context);
    return sent(`N ${what}`, contextId, command, dataSet, random);
  });
  const pieces = all.flatMap(({ pieces: one }) => one.slice(1, -1));
  return { what: all.map(({ what }) => what).join('; '), pieces: [request(), ...pieces, all.at(-1)!.pieces.at(-1)!] };
}

/** Request, command, dataset, release; some of it wrong. */
function sent(what: string, contextId: number, sound: Buffer, dataSet: Buffer, random: Random): Made {
  let command = sound;
  const roll = random();
  if (roll < 0.05) command.writeUInt16LE([0x0002, 0x0008, 0xffff][pick(random, 3)]!, 0);
  else if (roll < 0.1) command.writeUInt32LE(0xffffffff, 4);
  else if (roll < 0.15) command = command.subarray(0, pick(random, command.length));
  const fragment = [16_384, 16_384, 2, 64, 100_000][pick(random, 5)]!;
  const size = fragment === 2 ? dataSet.subarray(0, 2000) : dataSet;
  const messages = [encodePData(contextId, true, command, 16_384), encodePData(contextId, false, size, fragment)];
  const lies = random() < 0.25 ? lyingPdv(messages, random) : '';
  const end = encodePdu({ kind: random() < 0.9 ? 'release-rq' : 'release-rp' });
  return { what: `${what}${lies}`, pieces: [request(), ...messages, end] };
}

/** Changes header fields of a P-DATA-TF in place: byte 3-6 PDU length, 7-10 PDV length, 11 context, 12 control. */
function lyingPdv(messages: readonly Buffer[], random: Random): string {
  const bytes = messages[pick(random, messages.length)]!;
  const length = [0, 1, 2, 3, 0x7fffffff, 0xffffffff][pick(random, 6)]!;
  const where = pick(random, 4);
  if (where === 0) bytes.writeUInt32BE(length, 2);
  else if (where === 1) bytes.writeUInt32BE(length, 6);
  else if (where === 2) bytes[10] = pick(random, 256);
  else bytes[11] = pick(random, 256);
  return [', PDU length lies', ', PDV length lies', ', context lies', ', control header lies'][where]!;
}

const REQUESTS: Readonly<Record<string, (random: Random) => Buffer>> = {
  '10,000 contexts': (random) => manyContexts(10_000, random),
  '128 contexts, ids again': (random) => manyContexts(128, random),
  'PDU of 4 GB': () => header(1, 0xffffffff, Buffer.alloc(200)),
  'titles with path characters': () => request({ calling: '../../../x', called: '\0\u0001/etc/' }),
  'lengths lie': (random) => changed(request(), random, 74, 4),
  'bytes changed': (random) => changed(request(), random, 6, 20),
  'user information lies': (random) => withSubItems(random),
  'other version': () => {
    const bytes = request();
    bytes.writeUInt16BE(0xfffe, 6);
    return bytes;
  },
  empty: () => header(1, 0, Buffer.alloc(0)),
  'TLS to a plain port': () => Buffer.from(`16030100c8010000c40303${'5a'.repeat(190)}`, 'hex'),
  HTTP: () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  noise: (random) => Buffer.from(Array.from({ length: pick(random, 3000) }, () => pick(random, 256))),
};

function strangeRequest(random: Random): Made {
  const names = Object.keys(REQUESTS);
  const name = names[pick(random, names.length)]!;
  return { what: `request: ${name}`, pieces: [REQUESTS[name]!(random)] };
}

/** PDUs that do not belong where they come. */
function outOfOrder(random: Random): Made {
  const one = (): Buffer => {
    switch (pick(random, 7)) {
      case 0:
        return request();
      case 1:
        return encodePdu({ kind: 'release-rq' });
      case 2:
        return encodePdu({ kind: 'release-rp' });
      case 3:
        return encodePdu({ kind: 'abort', source: pick(random, 256), reason: pick(random, 256) });
      case 4:
        return encodePdu({ kind: 'associate-rj', result: pick(random, 256), source: 9, reason: 9 });
      case 5:
        return header(pick(random, 256), pick(random, 40), Buffer.alloc(pick(random, 40)));
      default:
        return encodePData(1, random() < 0.5, Buffer.alloc(pick(random, 300)), 64);
    }
  };
  const pdus = Array.from({ length: 1 + pick(random, 6) }, one);
  return { what: 'PDUs out of order', pieces: random() < 0.5 ? [request(), ...pdus] : pdus };
}

/** CT in every fuzzed transfer syntax, then the services. */
const CONTEXTS = [
  ...FUZZED_SYNTAXES.map((syntax) => ({ abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [syntax] })),
  ...FUZZED_SERVICES.map((abstractSyntax) => ({
    abstractSyntax,
    transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian],
  })),
];

function request({ calling = 'STORESCU', called = 'ENDPLATE', contexts = CONTEXTS.length } = {}): Buffer {
  return encodePdu({
    kind: 'associate-rq',
    protocolVersion: 1,
    calledAETitle: called,
    callingAETitle: calling,
    applicationContextName: DICOM_APPLICATION_CONTEXT,
    presentationContexts: CONTEXTS.slice(0, contexts).map((context, i) => ({ id: 2 * i + 1, ...context })),
    userInformation: {
      maximumLength: 16_384,
      implementationClassUID: '1.2.3',
      roleSelections: [],
      extendedNegotiations: [],
    },
  });
}

/** A request whose user information has window, roles, extended negotiations and identities that lie. */
function withSubItems(random: Random): Buffer {
  const whole = request();
  const at = whole.lastIndexOf(Buffer.from('5000', 'hex'), whole.length - 12);
  const subItems = Array.from({ length: 1 + pick(random, random() < 0.1 ? 600 : 6) }, () => {
    const uid = ODD_UIDS[pick(random, ODD_UIDS.length)]!;
    const named = Buffer.from(random() < 0.5 ? SopClass.CTImageStorage : uid, 'latin1');
    const said = random() < 0.8 ? named.length : any32(random) & 0xffff;
    const value = Buffer.concat([Buffer.from([said >> 8, said & 0xff]), named, Buffer.alloc(pick(random, 12), 1)]);
    const identity = Buffer.concat([Buffer.from([1 + pick(random, 6), 1]), value]);
    const type = [0x51, 0x53, 0x54, 0x56, 0x57, 0x58, pick(random, 256)][pick(random, 7)]!;
    return subItem(type, type === 0x58 ? identity : value);
  });
  const value = Buffer.concat([whole.subarray(at + 4), ...subItems]);
  const body = Buffer.concat([whole.subarray(6, at), subItem(0x50, value)]);
  return header(1, body.length, body);
}

/** The fixed fields of a request, so many context items, and user information as in any other. */
function manyContexts(count: number, random: Random): Buffer {
  const whole = request({ contexts: 0 });
  const fixed = whole.subarray(6, 6 + 68 + 4 + DICOM_APPLICATION_CONTEXT.length);
  const rest = whole.subarray(6 + fixed.length);
  const items = Array.from({ length: count }, (_, i) => {
    const abstract = subItem(0x30, Buffer.from(SopClass.CTImageStorage));
    const transfer = subItem(0x40, Buffer.from(TransferSyntax.ImplicitVRLittleEndian));
    const id = random() < 0.1 ? pick(random, 256) : (2 * i + 1) % 256;
    return subItem(0x20, Buffer.concat([Buffer.from([id, 0, 0, 0]), abstract, transfer]));
  });
  const body = Buffer.concat([fixed, ...items, rest]);
  return header(1, body.length, body);
}

function subItem(type: number, value: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

function header(type: number, length: number, body: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(length, 2);
  return Buffer.concat([head, body]);
}

function changed(bytes: Buffer, random: Random, from: number, most: number): Buffer {
  for (let i = 0; i < 1 + pick(random, most); i += 1) {
    bytes[from + pick(random, bytes.length - from)] = random() < 0.5 ? 0xff : pick(random, 256);
  }
  return bytes;
}

function shredded(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length && pieces.length < 50;) {
    const to = pieces.length === 49 ? bytes.length : at + 1 + pick(random, 700);
    pieces.push(bytes.subarray(at, to));
    at = to;
  }
  return pieces;
}
