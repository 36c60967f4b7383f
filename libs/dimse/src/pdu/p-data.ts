import { PduType } from './pdu';

/** Bytes in front of the value of a P-DATA-TF with one PDV: PDU header 6, PDV length 4, context 1, control 1. */
export const P_DATA_OVERHEAD = 12;

/** Longest PDV list we send, bytes, whatever the peer takes. */
const MAX_SEND_LENGTH = 256 * 1024;

/** Smallest maximum length that leaves room for two bytes of value in one PDV. */
export const MIN_MAX_LENGTH = 8;

/**
 * The value bytes that fit one P-DATA-TF towards a peer; even, as fragments must be.
 * @param peerMaximumLength - Maximum length of the peer's user information, 0 for no limit.
 * @standard PS3.8 D.1
 * @standard PS3.8 E.2
 */
export function fragmentLength(peerMaximumLength: number): number {
  const list = peerMaximumLength === 0 ? MAX_SEND_LENGTH : Math.min(peerMaximumLength, MAX_SEND_LENGTH);
  return Math.max(2, (list - 6) & ~1);
}

/**
 * The header of a P-DATA-TF that carries one PDV of `valueLength` bytes.
 * @standard PS3.8 9.3.5
 */
export function pDataHeader(contextId: number, command: boolean, last: boolean, valueLength: number): Buffer {
  const header = Buffer.allocUnsafe(P_DATA_OVERHEAD);
  writePDataHeader(header, 0, contextId, (command ? 1 : 0) | (last ? 2 : 0), valueLength);
  return header;
}

/** A command set or short dataset as complete P-DATA-TFs in one buffer. */
export function encodePData(contextId: number, command: boolean, value: Buffer, fragment: number): Buffer {
  const count = Math.max(1, Math.ceil(value.length / fragment));
  const bytes = Buffer.allocUnsafe(value.length + count * P_DATA_OVERHEAD);
  for (let i = 0, at = 0; i < count; i += 1) {
    const length = Math.min(fragment, value.length - i * fragment);
    writePDataHeader(bytes, at, contextId, (command ? 1 : 0) | (i === count - 1 ? 2 : 0), length);
    value.copy(bytes, at + P_DATA_OVERHEAD, i * fragment, i * fragment + length);
    at += P_DATA_OVERHEAD + length;
  }
  return bytes;
}

function writePDataHeader(into: Buffer, at: number, contextId: number, control: number, valueLength: number): void {
  into.writeUInt8(PduType.PDataTf, at);
  into.writeUInt8(0, at + 1);
  into.writeUInt32BE(valueLength + 6, at + 2);
  into.writeUInt32BE(valueLength + 2, at + 6);
  into.writeUInt8(contextId, at + 10);
  into.writeUInt8(control, at + 11);
}
