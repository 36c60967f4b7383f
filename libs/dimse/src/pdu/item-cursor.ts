import { PduInvalid } from '../errors';
import { AbortReason } from './pdu';

/** One item or sub-item: a type byte and the bytes of its value (a view). */
export interface Item {
  readonly type: number;
  readonly value: Buffer;
}

/** A 16-bit big-endian reader over bytes at hand; it refuses to read past their end. */
export class ItemCursor {
  #offset = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly where: string,
  ) {}

  /** Bytes not read yet. */
  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  /** A view of the next `length` bytes. @throws DIMSE_PDU_INVALID where fewer are left */
  take(length: number): Buffer {
    if (length > this.remaining) {
      throw new PduInvalid(
        `${this.where}: needs ${length} bytes, ${this.remaining} left`,
        AbortReason.InvalidPduParameterValue,
        { needed: length, left: this.remaining },
      );
    }
    const view = this.bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return view;
  }

  /** Next byte. @throws DIMSE_PDU_INVALID */
  uint8(): number {
    return this.take(1).readUInt8(0);
  }

  /** Next two bytes, big endian. @throws DIMSE_PDU_INVALID */
  uint16(): number {
    return this.take(2).readUInt16BE(0);
  }

  /** Next four bytes, big endian. @throws DIMSE_PDU_INVALID */
  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  /** A UID or name of `length` bytes; padding (NUL, space) that some peers add is dropped. @throws DIMSE_PDU_INVALID */
  text(length: number): string {
    return trimPadding(this.take(length).toString('latin1'));
  }

  /**
   * The items up to the end: byte 1 type, byte 2 reserved, bytes 3-4 length, value.
   * @throws DIMSE_PDU_INVALID where an item is longer than what is there, or there are more than `maximum`
   */
  items(maximum: number): Item[] {
    const items: Item[] = [];
    while (this.remaining > 0) {
      if (items.length === maximum) {
        throw new PduInvalid(`${this.where}: more than ${maximum} items`, AbortReason.InvalidPduParameterValue);
      }
      const type = this.uint8();
      this.take(1);
      items.push({ type, value: this.take(this.uint16()) });
    }
    return items;
  }
}

/** The text without leading and trailing spaces and NULs. */
export function trimPadding(text: string): string {
  let start = 0;
  let end = text.length;
  while (end > start && isPadding(text.charCodeAt(end - 1))) end -= 1;
  while (start < end && isPadding(text.charCodeAt(start))) start += 1;
  return text.slice(start, end);
}

function isPadding(code: number): boolean {
  return code === 0x00 || code === 0x20;
}
