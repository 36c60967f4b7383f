import { constants, deflateRawSync } from 'node:zlib';
import { deriveUid, SopClass, TransferSyntax } from '@endplate/dicom';
import { pick } from '../../libs/dimse/src/testing/seeded-random';

type Random = () => number;

/** Transfer syntaxes that hostile data sets come in; all are written as explicit VR little endian. */
export const FUZZED_SYNTAXES = [
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.ImplicitVRLittleEndian,
  TransferSyntax.DeflatedExplicitVRLittleEndian,
  TransferSyntax.RLELossless,
  TransferSyntax.JPEG2000Lossless,
] as const;

/** A data set with something wrong with it, and what it says it is. */
export interface HostileDataSet {
  readonly what: string;
  readonly transferSyntax: string;
  readonly sopInstanceUID: string;
  readonly bytes: Buffer;
}

const LONG_VRS = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);
/** UIDs that are none, or that would be trouble as file names. */
export const ODD_UIDS: readonly string[] = [
  '../../../../etc/passwd',
  '1.2.3/../../x',
  '1..2',
  '.1.2',
  '1.02.3',
  '9'.repeat(64),
  `1.${'2'.repeat(80)}`,
  '1.2.3\\4.5.6',
  '1.2\0.3',
  'CON',
  '1.2.3;rm -rf x',
  '١.٢',
  '',
];

/** One element in explicit VR little endian; `length` overrules the true one. */
export function element(tag: number, vr: string, value: Buffer, length = value.length): Buffer {
  const head = Buffer.alloc(LONG_VRS.has(vr) ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (head.length === 12) head.writeUInt32LE(length >>> 0, 8);
  else head.writeUInt16LE(length & 0xffff, 6);
  return Buffer.concat([head, value]);
}

/** A text as the value of an element: of even length. */
export const textOf = (text: string): Buffer => Buffer.from(text.length % 2 ? `${text}\0` : text, 'utf8');

interface Draft {
  readonly uids: { instance: string; study: string; series: string };
  /** After the identity, before the pixels. */
  readonly extra: Buffer[];
  pixels: Buffer;
}

type Maker = (draft: Draft, random: Random) => void;

/** A length that may lie. */
export const any32 = (random: Random): number =>
  [0, 1, 2, 0xff, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff][pick(random, 10)]!;

/** What a case may do to a sound data set before it is written. */
const MAKERS: Readonly<Record<string, Maker>> = {
  sound: () => undefined,
  'odd UID': (draft, random) => {
    const which = (['instance', 'study', 'series'] as const)[pick(random, 3)]!;
    draft.uids[which] = ODD_UIDS[pick(random, ODD_UIDS.length)]!;
  },
  'pixel length lies': (draft, random) => {
    draft.pixels = element(0x7fe00010, 'OW', Buffer.alloc(pick(random, 600)), any32(random));
  },
  'deep nesting': (draft, random) => {
    const depth = 1 + pick(random, 3000);
    const open = Buffer.concat([element(0x0040a730, 'SQ', Buffer.alloc(0), 0xffffffff), item(0xffffffff)]);
    draft.extra.push(Buffer.concat(Array.from({ length: depth }, () => open)));
    if (random() < 0.5) draft.extra.push(Buffer.concat(Array.from({ length: depth }, () => CLOSE)));
  },
  'sequence lengths lie': (draft, random) => {
    const inner = Buffer.concat([item(any32(random)), element(0x00080100, 'SH', textOf('x'), any32(random))]);
    draft.extra.push(element(0x0040a730, 'SQ', inner, any32(random)));
  },
  'fragments lie': (draft, random) => {
    const fragments = Array.from({ length: pick(random, 40) }, () =>
      Buffer.concat([item(random() < 0.3 ? any32(random) : 8), Buffer.alloc(8)]),
    );
    const end = random() < 0.5 ? [Buffer.from('feffdde000000000', 'hex')] : [];
    draft.pixels = Buffer.concat([element(0x7fe00010, 'OB', Buffer.alloc(0), 0xffffffff), ...fragments, ...end]);
  },
  'odd VR': (draft, random) => {
    const vr = ['??', '\0\0', 'ZZ', 'UN', 'SQ', 'AT', 'sq'][pick(random, 7)]!;
    draft.extra.push(element(0x00280010 + pick(random, 100), vr, Buffer.alloc(pick(random, 40)), any32(random)));
  },
  'tags backwards': (draft) => {
    draft.extra.push(element(0x00080018, 'UI', textOf('1.2.3')), element(0x00020010, 'UI', textOf('1.2')));
  },
  'a long header': (draft, random) => {
    draft.extra.push(element(0x00321060, 'LO', Buffer.alloc(2 * pick(random, 32_000), 65)));
    draft.extra.push(element(0x00324000, 'UT', Buffer.alloc(2 * pick(random, 60_000), 65)));
  },
};

const CLOSE = Buffer.from('feff0de000000000feffdde000000000', 'hex');

/** Header of an item. */
export function item(length: number): Buffer {
  const head = Buffer.from('feff00e000000000', 'hex');
  head.writeUInt32LE(length >>> 0, 4);
  return head;
}

/** The data set of a seed: a structure that lies, sometimes cut or with bytes changed, sometimes deflated to explode. */
export function hostileDataSet(seed: number, random: Random): HostileDataSet {
  const names = Object.keys(MAKERS);
  const name = random() < 0.2 ? 'sound' : names[pick(random, names.length)]!;
  const transferSyntax = FUZZED_SYNTAXES[pick(random, FUZZED_SYNTAXES.length)]!;
  const instance = deriveUid('fuzz', String(seed));
  const uids: Draft['uids'] = {
    instance,
    study: deriveUid('fuzz-study', String(seed % 50)),
    series: deriveUid('fuzz-series', String(seed % 50)),
  };
  const draft: Draft = { uids, extra: [], pixels: element(0x7fe00010, 'OW', Buffer.alloc(32)) };
  MAKERS[name]!(draft, random);
  const plain = write(draft);
  const { what, bytes } = damaged(plain, random);
  const isDeflated = transferSyntax === TransferSyntax.DeflatedExplicitVRLittleEndian;
  const written = isDeflated ? deflated(bytes, random) : bytes;
  return { what: `${name}${what}`, transferSyntax, sopInstanceUID: draft.uids.instance, bytes: written };
}

function write({ uids, extra, pixels }: Draft): Buffer {
  return Buffer.concat([
    element(0x00080016, 'UI', textOf(SopClass.CTImageStorage)),
    element(0x00080018, 'UI', textOf(uids.instance)),
    element(0x00080060, 'CS', textOf('CT')),
    element(0x0020000d, 'UI', textOf(uids.study)),
    element(0x0020000e, 'UI', textOf(uids.series)),
    ...extra,
    pixels,
  ]);
}

/** Bytes as they are, cut, or changed here and there. */
export function damaged(bytes: Buffer, random: Random): { what: string; bytes: Buffer } {
  const roll = random();
  if (roll < 0.5 || bytes.length < 5) return { what: '', bytes };
  if (roll < 0.7) return { what: ', cut', bytes: bytes.subarray(0, pick(random, bytes.length)) };
  const changed = Buffer.from(bytes);
  if (roll < 0.8) {
    const at = pick(random, changed.length - 4);
    changed.writeUInt32LE(any32(random), at);
    return { what: ', a number changed', bytes: changed };
  }
  for (let i = 0; i < 1 + pick(random, 12); i += 1) changed[pick(random, changed.length)] = pick(random, 256);
  return { what: ', bytes changed', bytes: changed };
}

/** 64 MB of zeros in 64 KB, to be put behind deflated bytes that were flushed. */
const BOMB = deflateRawSync(Buffer.alloc(64 * 1024 ** 2));

function deflated(bytes: Buffer, random: Random): Buffer {
  const roll = random();
  if (roll < 0.2) return bytes;
  if (roll < 0.97) return deflateRawSync(bytes);
  return Buffer.concat([deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }), BOMB]);
}
