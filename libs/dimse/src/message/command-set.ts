import { MessageInvalid } from '../errors';
import { trimPadding } from '../pdu/item-cursor';

/** Command Field values. @standard PS3.7 E.1 */
export const CommandField = {
  CStoreRq: 0x0001,
  CStoreRsp: 0x8001,
  CGetRq: 0x0010,
  CGetRsp: 0x8010,
  CFindRq: 0x0020,
  CFindRsp: 0x8020,
  CMoveRq: 0x0021,
  CMoveRsp: 0x8021,
  CEchoRq: 0x0030,
  CEchoRsp: 0x8030,
  NEventReportRq: 0x0100,
  NEventReportRsp: 0x8100,
  NGetRq: 0x0110,
  NGetRsp: 0x8110,
  NSetRq: 0x0120,
  NSetRsp: 0x8120,
  NActionRq: 0x0130,
  NActionRsp: 0x8130,
  NCreateRq: 0x0140,
  NCreateRsp: 0x8140,
  NDeleteRq: 0x0150,
  NDeleteRsp: 0x8150,
  CCancelRq: 0x0fff,
} as const;

/** Bit of the Command Field that marks a response. */
export const RESPONSE_BIT = 0x8000;
/** Command Data Set Type where no dataset follows. @standard PS3.7 E.1 */
export const NO_DATA_SET = 0x0101;
/** Command Data Set Type we send where one does. */
export const DATA_SET_PRESENT = 0x0001;

/** The elements of group 0000 in use, by keyword. @standard PS3.7 E.1 */
export interface CommandSet {
  readonly CommandField: number;
  readonly CommandDataSetType: number;
  readonly AffectedSOPClassUID?: string;
  readonly RequestedSOPClassUID?: string;
  readonly MessageID?: number;
  readonly MessageIDBeingRespondedTo?: number;
  readonly MoveDestination?: string;
  readonly Priority?: number;
  readonly Status?: number;
  /** Tags as 0xggggeeee. */
  readonly OffendingElement?: readonly number[];
  readonly ErrorComment?: string;
  readonly ErrorID?: number;
  readonly AffectedSOPInstanceUID?: string;
  readonly RequestedSOPInstanceUID?: string;
  readonly EventTypeID?: number;
  readonly AttributeIdentifierList?: readonly number[];
  readonly ActionTypeID?: number;
  readonly NumberOfRemainingSuboperations?: number;
  readonly NumberOfCompletedSuboperations?: number;
  readonly NumberOfFailedSuboperations?: number;
  readonly NumberOfWarningSuboperations?: number;
  readonly MoveOriginatorApplicationEntityTitle?: string;
  readonly MoveOriginatorMessageID?: number;
}

type Keyword = keyof CommandSet;
type Representation = 'US' | 'UI' | 'AE' | 'LO' | 'AT';

/** Element number in group 0000, keyword, value representation; in ascending order. @standard PS3.7 E.1 */
const COMMAND_ELEMENTS: readonly (readonly [number, Keyword, Representation])[] = [
  [0x0002, 'AffectedSOPClassUID', 'UI'],
  [0x0003, 'RequestedSOPClassUID', 'UI'],
  [0x0100, 'CommandField', 'US'],
  [0x0110, 'MessageID', 'US'],
  [0x0120, 'MessageIDBeingRespondedTo', 'US'],
  [0x0600, 'MoveDestination', 'AE'],
  [0x0700, 'Priority', 'US'],
  [0x0800, 'CommandDataSetType', 'US'],
  [0x0900, 'Status', 'US'],
  [0x0901, 'OffendingElement', 'AT'],
  [0x0902, 'ErrorComment', 'LO'],
  [0x0903, 'ErrorID', 'US'],
  [0x1000, 'AffectedSOPInstanceUID', 'UI'],
  [0x1001, 'RequestedSOPInstanceUID', 'UI'],
  [0x1002, 'EventTypeID', 'US'],
  [0x1005, 'AttributeIdentifierList', 'AT'],
  [0x1008, 'ActionTypeID', 'US'],
  [0x1020, 'NumberOfRemainingSuboperations', 'US'],
  [0x1021, 'NumberOfCompletedSuboperations', 'US'],
  [0x1022, 'NumberOfFailedSuboperations', 'US'],
  [0x1023, 'NumberOfWarningSuboperations', 'US'],
  [0x1030, 'MoveOriginatorApplicationEntityTitle', 'AE'],
  [0x1031, 'MoveOriginatorMessageID', 'US'],
];

const BY_ELEMENT = new Map(COMMAND_ELEMENTS.map((row) => [row[0], row]));

/**
 * The command set as implicit VR little endian with its group length.
 * @throws DIMSE_MESSAGE_INVALID where a number does not fit 16 bits
 * @standard PS3.7 6.3.1
 */
export function encodeCommandSet(command: CommandSet): Buffer {
  const values: [number, Buffer][] = [];
  let length = 12;
  for (const [element, keyword, vr] of COMMAND_ELEMENTS) {
    const value = command[keyword];
    if (value === undefined) continue;
    const bytes = encodeValue(vr, value, keyword);
    values.push([element, bytes]);
    length += 8 + bytes.length;
  }
  const out = Buffer.allocUnsafe(length);
  // (0000,0000) Command Group Length, UL: bytes after this element.
  let at = writeHeader(out, 0, 0x0000, 4);
  at = out.writeUInt32LE(length - 12, at);
  for (const [element, bytes] of values) {
    at = writeHeader(out, at, element, bytes.length);
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

function writeHeader(out: Buffer, at: number, element: number, length: number): number {
  out.writeUInt16LE(0x0000, at);
  out.writeUInt16LE(element, at + 2);
  return out.writeUInt32LE(length, at + 4);
}

function encodeValue(vr: Representation, value: number | string | readonly number[], keyword: Keyword): Buffer {
  if (typeof value === 'string') {
    const padding = vr === 'UI' ? '\0' : ' ';
    return Buffer.from(value.length % 2 === 0 ? value : value + padding, 'latin1');
  }
  const numbers = typeof value === 'number' ? [value] : value;
  if (vr === 'AT') {
    const bytes = Buffer.alloc(4 * numbers.length);
    numbers.forEach((tag, i) => bytes.writeUInt16LE(tag & 0xffff, bytes.writeUInt16LE(tag >>> 16, 4 * i)));
    return bytes;
  }
  const bytes = Buffer.alloc(2 * numbers.length);
  numbers.forEach((number, i) => {
    if (!Number.isInteger(number) || number < 0 || number > 0xffff) {
      throw new MessageInvalid(`${keyword}: ${number} does not fit 16 bits`);
    }
    bytes.writeUInt16LE(number, 2 * i);
  });
  return bytes;
}

/**
 * Reads a command set; elements we do not know are skipped.
 * @throws DIMSE_MESSAGE_INVALID where an element runs over the end, is not of group 0000, or Command Field or Command
 * Data Set Type is absent
 * @standard PS3.7 6.3.1
 */
export function decodeCommandSet(bytes: Buffer): CommandSet {
  const values: Partial<Record<Keyword, number | string | number[]>> = {};
  for (let at = 0; at < bytes.length;) {
    // Bytes 1-2 group, 3-4 element, 5-8 length, then the value.
    if (bytes.length - at < 8) throw new MessageInvalid('command set: ends inside an element header');
    const group = bytes.readUInt16LE(at);
    const element = bytes.readUInt16LE(at + 2);
    const length = bytes.readUInt32LE(at + 4);
    at += 8;
    if (group !== 0) throw new MessageInvalid(`command set: element of group ${group}`, { group });
    if (length > bytes.length - at) {
      throw new MessageInvalid(`command set: value of ${length} bytes, ${bytes.length - at} left`, { element });
    }
    const row = BY_ELEMENT.get(element);
    if (row) values[row[1]] = decodeValue(row, bytes.subarray(at, at + length));
    at += length;
  }
  const { CommandField: field, CommandDataSetType: type } = values;
  if (typeof field !== 'number' || typeof type !== 'number') {
    throw new MessageInvalid('command set: no Command Field or no Command Data Set Type');
  }
  return values as unknown as CommandSet;
}

function decodeValue([element, keyword, vr]: readonly [number, Keyword, Representation], value: Buffer) {
  if (vr === 'US') {
    if (value.length !== 2) throw new MessageInvalid(`${keyword}: ${value.length} bytes are no US`, { element });
    return value.readUInt16LE(0);
  }
  if (vr !== 'AT') return trimPadding(value.toString('latin1'));
  const tags: number[] = [];
  for (let i = 0; i + 4 <= value.length; i += 4) {
    tags.push(value.readUInt16LE(i) * 0x10000 + value.readUInt16LE(i + 2));
  }
  return tags;
}
