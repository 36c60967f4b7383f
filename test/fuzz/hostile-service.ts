import { deriveUid, SopClass } from '@endplate/dicom';
import { DATA_SET_PRESENT, encodeCommandSet } from '../../libs/dimse/src/message/command-set';
import { pick } from '../../libs/dimse/src/testing/seeded-random';
import { any32, damaged, element, item, ODD_UIDS, textOf } from './hostile-data-set';

type Random = () => number;

/** SOP classes of the services around storage, each in explicit VR little endian. */
export const FUZZED_SERVICES = [
  SopClass.StorageCommitmentPushModel,
  SopClass.ModalityPerformedProcedureStep,
  SopClass.InstanceAvailabilityNotification,
] as const;

/** One request of a normalised service: command set and dataset. */
export interface HostileService {
  readonly what: string;
  /** Which of {@link FUZZED_SERVICES} its context is of. */
  readonly context: number;
  readonly command: Buffer;
  readonly dataSet: Buffer;
}

const EVENT_REPORT = 0x0100;
const SET = 0x0120;
const ACTION = 0x0130;
const CREATE = 0x0140;
const OPERATIONS = [CREATE, CREATE, CREATE, SET, SET, ACTION, ACTION, EVENT_REPORT, 0x0110, 0x0150];
const STATES = ['IN PROGRESS', 'COMPLETED', 'DISCONTINUED', 'DONE', ''];

/** N-CREATE, N-SET, N-ACTION and others, whose commands, UIDs, sequences or bytes lie, of a seed. */
export function hostileService(seed: number, random: Random): HostileService {
  const context = pick(random, FUZZED_SERVICES.length);
  const field = OPERATIONS[pick(random, OPERATIONS.length)]!;
  const sopClassUID = FUZZED_SERVICES[random() < 0.95 ? context : pick(random, FUZZED_SERVICES.length)]!;
  // Few instances, so that what is created by one connection is changed by another, and created again.
  const sopInstanceUID =
    random() < 0.1
      ? oddUid(random)
      : context === 0 && random() < 0.9
        ? '1.2.840.10008.1.20.1.1'
        : deriveUid('fuzz-step', String(seed % 40));
  const isRequested = field === SET || field === ACTION || random() < 0.05;
  const command = encodeCommandSet({
    ...(isRequested ? { RequestedSOPClassUID: sopClassUID } : { AffectedSOPClassUID: sopClassUID }),
    CommandField: field,
    MessageID: pick(random, 65_536),
    CommandDataSetType: random() < 0.93 ? DATA_SET_PRESENT : 0x0101,
    ...(random() < 0.1 ? {} : isRequested ? { RequestedSOPInstanceUID: sopInstanceUID } : { AffectedSOPInstanceUID: sopInstanceUID }), // prettier-ignore
    ...(field === ACTION || random() < 0.05 ? { ActionTypeID: random() < 0.9 ? 1 : pick(random, 65_536) } : {}),
    ...(field === EVENT_REPORT ? { EventTypeID: pick(random, 4) } : {}),
  });
  const sound = [commitment, step, notification][context]!(seed, random);
  const elements = random() < 0.2 ? sound.filter(() => random() < 0.8) : sound;
  const { what, bytes } = damaged(Buffer.concat(elements), random);
  return { what: `0x${field.toString(16)}${what}`, context, command, dataSet: bytes };
}

function commitment(seed: number, random: Random): Buffer[] {
  return [
    text(0x00081195, 'UI', uid(random, 'fuzz-transaction', seed)),
    references(0x00081199, [0x00081150, 0x00081155], seed, random),
  ];
}

function step(seed: number, random: Random): Buffer[] {
  const series = (): Buffer =>
    Buffer.concat([
      references(0x00081140, [0x00081150, 0x00081155], seed, random),
      text(0x0020000e, 'UI', uid(random, 'fuzz-series', seed % 50)),
    ]);
  return [
    text(0x00080060, 'CS', 'CT'),
    text(0x00400241, 'AE', 'CT1'),
    text(0x00400244, 'DA', '20261124'),
    text(0x00400245, 'TM', '10'),
    text(0x00400250, 'DA', '20261124'),
    text(0x00400251, 'TM', '11'),
    text(0x00400252, 'CS', STATES[random() < 0.8 ? pick(random, 2) : pick(random, STATES.length)]!),
    text(0x00400253, 'SH', 'P1'),
    sequence(0x00400270, random, () => text(0x0020000d, 'UI', uid(random, 'fuzz-study', seed % 50))),
    sequence(0x00400340, random, series),
  ];
}

function notification(seed: number, random: Random): Buffer[] {
  const series = (): Buffer =>
    Buffer.concat([
      references(0x00081199, [0x00080056, 0x00081150, 0x00081155], seed, random),
      text(0x0020000e, 'UI', uid(random, 'fuzz-series', seed % 50)),
    ]);
  return [sequence(0x00081115, random, series), text(0x0020000d, 'UI', uid(random, 'fuzz-study', seed % 50))];
}

/** A sequence of references; now and then thousands, or none. */
function references(tag: number, tags: readonly number[], seed: number, random: Random): Buffer {
  const values: Readonly<Record<number, () => Buffer>> = {
    0x00080056: () => text(0x00080056, 'CS', ['ONLINE', 'NEARLINE', 'UNAVAILABLE', 'NOWHERE'][pick(random, 4)]!),
    0x00081150: () => text(0x00081150, 'UI', SopClass.CTImageStorage),
    0x00081155: () => text(0x00081155, 'UI', uid(random, 'fuzz', seed)),
  };
  const one = (): Buffer => Buffer.concat(tags.map((each) => values[each]!()));
  if (random() > 0.01) return sequence(tag, random, one);
  const value = one();
  const many = Array.from({ length: 2000 }, () => Buffer.concat([item(value.length), value]));
  return element(tag, 'SQ', Buffer.concat(many));
}

function sequence(tag: number, random: Random, value: () => Buffer): Buffer {
  const items = Array.from({ length: random() < 0.1 ? 0 : 1 + pick(random, 3) }, () => {
    const bytes = value();
    return Buffer.concat([item(random() < 0.03 ? any32(random) : bytes.length), bytes]);
  });
  const all = Buffer.concat(items);
  return element(tag, 'SQ', all, random() < 0.03 ? any32(random) : all.length);
}

function uid(random: Random, of: string, number: number): string {
  return random() < 0.05 ? oddUid(random) : deriveUid(of, String(number));
}

function oddUid(random: Random): string {
  return ODD_UIDS[pick(random, ODD_UIDS.length)]!;
}

function text(tag: number, vr: string, value: string): Buffer {
  return element(tag, vr, textOf(value));
}
