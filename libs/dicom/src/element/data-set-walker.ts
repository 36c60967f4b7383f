import { DicomDataSetError, DicomLimitError, DicomTruncatedError } from '../errors';
import {
  IMPLICIT_LITTLE_ENDIAN,
  ITEM,
  ITEM_DELIMITATION,
  readElementHeader,
  SEQUENCE_DELIMITATION,
  UNDEFINED_LENGTH,
  valueKind,
  type ElementEncoding,
  type ElementHeader,
} from './element-header';
import { formatTag, Tag } from './tag';

/** What a walk tells; only top-level elements are told of. */
export interface ElementVisitor {
  /** A top-level element begins; true to be given its value, which must be short. */
  element(header: ElementHeader): boolean;
  /** The value that was asked for; the buffer is the visitor's own. */
  value(header: ElementHeader, bytes: Buffer): void;
}

/** Where the walk is: inside a data set or item, a sequence, or encapsulated pixel data. */
interface Frame {
  readonly kind: 'data-set' | 'sequence' | 'fragments';
  /** Offset behind its last byte; infinite if its length is undefined. */
  readonly end: number;
  /** Offset that nothing inside may pass: its end, or that of the nearest frame around it that has one. */
  readonly limit: number;
  readonly tag: Tag;
  readonly encoding: ElementEncoding;
}

const LONGEST_HEADER = 12;

/**
 * Walks the elements of a data set whose bytes come by in chunks. Keeps at most one header and the values that were asked
 * for; everything else is skipped without being copied. Nesting is followed on a stack of our own, as deep as `maxDepth`.
 *
 * @standard PS3.5 7
 */
export class DataSetWalker {
  private readonly stack: Frame[];
  private depth = 0;
  private offset = 0;
  private skipping = 0;
  private current: ElementHeader | undefined;
  private captured: Buffer | undefined;
  private readonly head = Buffer.alloc(LONGEST_HEADER);
  private headFilled = 0;

  constructor(
    encoding: ElementEncoding,
    private readonly maxDepth: number,
    private readonly visitor: ElementVisitor,
  ) {
    this.stack = [{ kind: 'data-set', end: Infinity, limit: Infinity, tag: 0, encoding }];
  }

  /** Bytes walked so far. */
  get position(): number {
    return this.offset;
  }

  /**
   * @throws {@link DicomDataSetError} `DICOM_DATASET_INVALID`
   * @throws {@link DicomLimitError} `DICOM_LIMIT_EXCEEDED`
   */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.skipping > 0) at += this.skip(chunk, at);
      else at += this.header(chunk, at);
    }
  }

  /** @throws {@link DicomTruncatedError} `DICOM_DATASET_TRUNCATED` if an element, item or sequence is still open */
  end(): void {
    this.closeFrames();
    const open = this.stack.length > 1 ? this.top() : undefined;
    if (this.skipping === 0 && this.headFilled === 0 && open === undefined) return;
    const tag = this.skipping > 0 ? this.current?.tag : open?.tag;
    const where = tag === undefined ? 'a header' : formatTag(tag);
    throw new DicomTruncatedError(`The data set ends inside ${where}, after ${this.offset} bytes`, {
      offset: this.offset,
      ...(tag === undefined ? {} : { tag: formatTag(tag) }),
    });
  }

  private skip(chunk: Buffer, at: number): number {
    const length = Math.min(this.skipping, chunk.length - at);
    if (this.captured !== undefined) {
      chunk.copy(this.captured, this.captured.length - this.skipping, at, at + length);
    }
    this.skipping -= length;
    this.offset += length;
    if (this.skipping === 0) this.endValue();
    return length;
  }

  private endValue(): void {
    if (this.captured !== undefined && this.current !== undefined) this.visitor.value(this.current, this.captured);
    this.captured = undefined;
  }

  /** Reads a header from the chunk, or from the bytes that were left over by the chunk before; returns what it took. */
  private header(chunk: Buffer, at: number): number {
    this.closeFrames();
    const { encoding } = this.top();
    if (this.headFilled === 0) {
      const header = readElementHeader(chunk, at, chunk.length - at, encoding, this.offset);
      if (typeof header !== 'number') {
        this.offset += header.size;
        this.open(header);
        return header.size;
      }
    }
    let taken = 0;
    for (;;) {
      const header = readElementHeader(this.head, 0, this.headFilled, encoding, this.offset);
      if (typeof header !== 'number') {
        this.headFilled = 0;
        this.offset += header.size;
        this.open(header);
        return taken;
      }
      if (at + taken >= chunk.length) return taken;
      const length = Math.min(header - this.headFilled, chunk.length - at - taken);
      chunk.copy(this.head, this.headFilled, at + taken, at + taken + length);
      this.headFilled += length;
      taken += length;
    }
  }

  private open(header: ElementHeader): void {
    const frame = this.top();
    if (this.offset > frame.limit) throw this.invalid('A header that crosses the end of the item around it', header);
    switch (frame.kind) {
      case 'data-set':
        return this.openElement(header, frame);
      case 'sequence':
        return this.openItem(header, frame);
      case 'fragments':
        return this.openFragment(header);
    }
  }

  private openElement(header: ElementHeader, frame: Frame): void {
    if (header.tag === ITEM_DELIMITATION && frame.end === Infinity && this.stack.length > 1) {
      this.stack.pop();
      return;
    }
    if (header.vr === '') throw this.invalid('An item tag where a data element belongs', header);
    const wanted = this.stack.length === 1 && this.visitor.element(header);
    const kind = valueKind(header, Tag.PixelData);
    switch (kind) {
      case 'value':
        return this.openValue(header, wanted, frame);
      case 'fragments':
        return this.pushFrame('fragments', header, frame.encoding, frame);
      case 'sequence':
        return this.pushFrame('sequence', header, frame.encoding, frame);
      case 'unknown-sequence':
        return this.pushFrame('sequence', header, IMPLICIT_LITTLE_ENDIAN, frame);
      case undefined:
        throw this.invalid(`VR ${header.vr} cannot have an undefined length`, header);
    }
  }

  private openItem(header: ElementHeader, frame: Frame): void {
    if (header.tag === SEQUENCE_DELIMITATION && frame.end === Infinity) {
      this.stack.pop();
      this.depth--;
      return;
    }
    if (header.tag !== ITEM) throw this.invalid('Not an item where one belongs', header);
    this.pushFrame('data-set', header, frame.encoding, frame);
  }

  private openFragment(header: ElementHeader): void {
    if (header.tag === SEQUENCE_DELIMITATION) {
      this.stack.pop();
      return;
    }
    if (header.tag !== ITEM) throw this.invalid('Not a fragment where one belongs', header);
    if (header.length === UNDEFINED_LENGTH) throw this.invalid('A fragment of undefined length', header);
    this.openValue(header, false, this.top());
  }

  private openValue(header: ElementHeader, wanted: boolean, frame: Frame): void {
    if (this.offset + header.length > frame.limit) throw this.invalid('Longer than the item around it', header);
    this.current = header;
    this.skipping = header.length;
    this.captured = wanted ? Buffer.alloc(header.length) : undefined;
    if (header.length === 0) this.endValue();
  }

  private pushFrame(kind: Frame['kind'], header: ElementHeader, encoding: ElementEncoding, outer: Frame): void {
    if (kind === 'sequence' && ++this.depth > this.maxDepth) {
      throw new DicomLimitError(`Sequences are nested deeper than ${this.maxDepth}`, {
        maxDepth: this.maxDepth,
        offset: this.offset,
      });
    }
    const end = header.length === UNDEFINED_LENGTH ? Infinity : this.offset + header.length;
    if (end !== Infinity && end > outer.limit) throw this.invalid('Longer than the item around it', header);
    this.stack.push({ kind, end, limit: Math.min(end, outer.limit), tag: header.tag, encoding });
  }

  /** Leaves sequences and items of defined length that end here. */
  private closeFrames(): void {
    for (;;) {
      const frame = this.top();
      if (frame.end > this.offset || this.stack.length === 1 || this.headFilled > 0) return;
      this.stack.pop();
      if (frame.kind === 'sequence') this.depth--;
    }
  }

  private top(): Frame {
    return this.stack[this.stack.length - 1] as Frame;
  }

  private invalid(message: string, header: ElementHeader): DicomDataSetError {
    const offset = this.offset - header.size;
    return new DicomDataSetError(`${message} (${formatTag(header.tag)} at byte ${offset})`, {
      tag: formatTag(header.tag),
      offset,
    });
  }
}
