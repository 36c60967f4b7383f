import { PduInvalid } from '../errors';
import { decodePdu } from './decode-pdu';
import { AbortReason, PduType, type ControlPdu } from './pdu';

/** Bounds of a {@link PduReader}. */
export interface PduLimits {
  /** Longest P-DATA-TF body, bytes: what we told the peer (0: no limit told). */
  readonly maxPDataLength: number;
  /** Longest A-ASSOCIATE body, bytes. */
  readonly maxAssociateLength: number;
}

/** Bounds that fit every peer we know: 128 contexts of 40 transfer syntaxes take about 350 KB. */
export const DEFAULT_PDU_LIMITS: PduLimits = { maxPDataLength: 1 << 20, maxAssociateLength: 512 * 1024 };

/** Peers that count the six bytes of the PDU header into the maximum length, or not, are both understood. */
const MAX_LENGTH_TOLERANCE = 12;

/** A piece of a presentation data value as it came off the wire. */
export interface PdvFragment {
  readonly kind: 'pdv';
  readonly contextId: number;
  /** True for a command set, false for a dataset. */
  readonly command: boolean;
  /** True in every piece of the last PDV of its command set or dataset. */
  readonly last: boolean;
  /** True in the last piece of this PDV. */
  readonly end: boolean;
  /** A view of the bytes that were pushed. */
  readonly bytes: Buffer;
}

/** A P-DATA-TF begins; its PDVs follow. */
export interface PDataBegin {
  readonly kind: 'p-data';
  /** Bytes of the PDV list. */
  readonly length: number;
}

/** What the reader has found. */
export type PduEvent = ControlPdu | PDataBegin | PdvFragment;

const EMPTY = Buffer.alloc(0);

type Mode = 'header' | 'control' | 'pdv-header' | 'pdv-body' | 'failed';

/**
 * Cuts a byte stream into PDUs. Bytes go in by {@link push}, events come out of {@link next} until it needs more.
 * P-DATA-TF bytes are handed on as views the moment they are here; only headers cut by a chunk border and the
 * short control PDUs are copied, and never by a length that has not arrived.
 * @standard PS3.8 9.3
 */
export class PduReader {
  #mode: Mode = 'header';
  readonly #chunks: Buffer[] = [];
  #offset = 0;
  #available = 0;
  #type = 0;
  /** Bytes of the current control PDU, or of the current PDV list, still to come. */
  #left = 0;
  /** Bytes of the current PDV value still to come. */
  #valueLeft = 0;
  #contextId = 0;
  #flags = 0;
  /** Body of a control PDU that came in several chunks, and how much of it is here. */
  #body: Buffer = EMPTY;
  #gathered = 0;

  constructor(private limits: PduLimits = DEFAULT_PDU_LIMITS) {}

  /** True while a PDU has begun and not ended. */
  get insidePdu(): boolean {
    return this.#mode !== 'header' || this.#available > 0;
  }

  /** True where bytes that were pushed have not been looked at. */
  get hasBytes(): boolean {
    return this.#available > 0;
  }

  /** Copies what is left of the bytes pushed (less than a header), so that their buffer can be used again. */
  detach(): void {
    if (this.#available === 0) return;
    const left = Buffer.from(this.#take(this.#available));
    this.#chunks.push(left);
    this.#available = left.length;
  }

  /** Adds bytes; the reader keeps views of them until they are consumed or {@link detach} is called. */
  push(chunk: Buffer): void {
    if (this.#mode === 'failed' || chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  /**
   * The next event, or undefined where more bytes are needed.
   * @throws DIMSE_PDU_INVALID once; from then on the reader swallows its input
   */
  next(): PduEvent | undefined {
    try {
      return this.#step();
    } catch (error) {
      this.#mode = 'failed';
      this.#chunks.length = 0;
      this.#available = 0;
      throw error;
    }
  }

  #step(): PduEvent | undefined {
    for (;;) {
      switch (this.#mode) {
        case 'header': {
          if (this.#available < 6) return undefined;
          const begin = this.#readHeader(this.#take(6));
          if (begin) return begin;
          break;
        }
        case 'control':
          return this.#readControl();
        case 'pdv-header':
          if (this.#left === 0) {
            this.#mode = 'header';
            break;
          }
          if (this.#left < 6) throw invalid(`P-DATA-TF: ${this.#left} bytes left are no PDV`);
          if (this.#available < 6) return undefined;
          this.#readPdvHeader(this.#take(6));
          break;
        case 'pdv-body':
          return this.#readPdvBody();
        case 'failed':
          return undefined;
      }
    }
  }

  /** Byte 1 type, 2 reserved, 3-6 length of what follows. */
  #readHeader(header: Buffer): PDataBegin | undefined {
    const type = header.readUInt8(0);
    const length = header.readUInt32BE(2);
    if (type < PduType.AssociateRq || type > PduType.Abort) {
      throw new PduInvalid(`PDU type 0x${type.toString(16)} is not defined`, AbortReason.UnrecognisedPdu, { type });
    }
    this.#left = length;
    if (type === PduType.PDataTf) {
      const maximum = this.limits.maxPDataLength;
      if (maximum !== 0 && length > maximum + MAX_LENGTH_TOLERANCE) {
        throw invalid(`P-DATA-TF of ${length} bytes, ${maximum} were negotiated`);
      }
      this.#mode = 'pdv-header';
      return { kind: 'p-data', length };
    }
    const associate = type === PduType.AssociateRq || type === PduType.AssociateAc;
    if (associate ? length > this.limits.maxAssociateLength : length !== 4) {
      throw invalid(`PDU type ${type} of ${length} bytes`);
    }
    this.#type = type;
    this.#mode = 'control';
    return undefined;
  }

  #readControl(): ControlPdu | undefined {
    const body = this.#gathered === 0 ? this.#takeWhole(this.#left) : undefined;
    if (body === undefined && !this.#gather()) return undefined;
    const pdu = decodePdu(this.#type, body ?? this.#body);
    this.#mode = 'header';
    this.#gathered = 0;
    this.#body = EMPTY;
    return pdu;
  }

  /** A copy of the body where one chunk holds all of it: what is decoded from it outlives the chunk. */
  #takeWhole(length: number): Buffer | undefined {
    const chunk = this.#chunks[0];
    const here = chunk === undefined ? 0 : chunk.length - this.#offset;
    return length <= here ? Buffer.from(this.#takeUpTo(length)) : undefined;
  }

  /** Copies what has arrived; memory grows with the bytes received, not with the length claimed. */
  #gather(): boolean {
    while (this.#available > 0 && this.#gathered < this.#left) {
      const part = this.#takeUpTo(this.#left - this.#gathered);
      if (this.#gathered + part.length > this.#body.length) {
        const grown = Buffer.alloc(Math.min(this.#left, Math.max(4096, 2 * (this.#gathered + part.length))));
        this.#body.copy(grown, 0, 0, this.#gathered);
        this.#body = grown;
      }
      part.copy(this.#body, this.#gathered);
      this.#gathered += part.length;
    }
    if (this.#gathered < this.#left) return false;
    this.#body = this.#body.subarray(0, this.#left);
    return true;
  }

  /** Bytes 1-4 length of what follows, 5 context identifier, 6 message control header: bit 0 command, bit 1 last. */
  #readPdvHeader(header: Buffer): void {
    const length = header.readUInt32BE(0);
    if (length < 2 || length + 4 > this.#left) {
      throw invalid(`PDV of ${length} bytes in a list with ${this.#left} left`);
    }
    this.#contextId = header.readUInt8(4);
    this.#flags = header.readUInt8(5);
    this.#valueLeft = length - 2;
    this.#left -= length + 4;
    this.#mode = 'pdv-body';
  }

  #readPdvBody(): PdvFragment | undefined {
    const wanted = this.#valueLeft;
    if (wanted > 0 && this.#available === 0) return undefined;
    const bytes = this.#takeUpTo(wanted);
    this.#valueLeft -= bytes.length;
    const end = this.#valueLeft === 0;
    if (end) this.#mode = this.#left === 0 ? 'header' : 'pdv-header';
    const flags = this.#flags;
    return { kind: 'pdv', contextId: this.#contextId, command: (flags & 1) === 1, last: (flags & 2) === 2, end, bytes };
  }

  /** Exactly `length` bytes that are known to be here: a view inside one chunk, a copy across a border. */
  #take(length: number): Buffer {
    const first = this.#takeUpTo(length);
    if (first.length === length) return first;
    const parts = [first];
    for (let missing = length - first.length; missing > 0;) {
      const part = this.#takeUpTo(missing);
      missing -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts, length);
  }

  /** A view of at most `length` bytes of the current chunk. */
  #takeUpTo(length: number): Buffer {
    const chunk = this.#chunks[0];
    if (chunk === undefined || length === 0) return EMPTY;
    const end = Math.min(chunk.length, this.#offset + length);
    const view = this.#offset === 0 && end === chunk.length ? chunk : chunk.subarray(this.#offset, end);
    this.#available -= view.length;
    if (end === chunk.length) {
      this.#chunks.shift();
      this.#offset = 0;
    } else {
      this.#offset = end;
    }
    return view;
  }
}

function invalid(message: string): PduInvalid {
  return new PduInvalid(message, AbortReason.InvalidPduParameterValue);
}
