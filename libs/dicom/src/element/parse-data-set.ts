import { inflateRawSync } from 'node:zlib';
import { DicomDataSetError, DicomLimitError, DicomTruncatedError, type DicomErrorFacts } from '../errors';
import { transferSyntaxEncoding } from '../uid/transfer-syntax';
import { DataSet, type DataElement } from './data-set';
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

/** Limits of one parse; whatever the bytes claim, no more than this is built from them. */
export interface ParseOptions {
  /** Stop before the first top-level element with this tag or a higher one. */
  readonly untilTag?: Tag;
  /** Sequences within sequences; default 64. */
  readonly maxDepth?: number;
  /** Elements and items in all; default 2,000,000. */
  readonly maxElements?: number;
  /** Bytes after inflation of a deflated data set; default 1 GiB. */
  readonly maxInflatedBytes?: number;
}

const DEFAULT_MAX_DEPTH = 64;
const DEFAULT_MAX_ELEMENTS = 2_000_000;
const DEFAULT_MAX_INFLATED_BYTES = 2 ** 30;

/**
 * Parses a data set without file meta information. Values are views of `bytes` (of the inflated bytes if deflated), so
 * `bytes` must not be changed while the result is in use.
 *
 * @throws {@link DicomTruncatedError} `DICOM_DATASET_TRUNCATED` if a length reaches behind the end
 * @throws {@link DicomDataSetError} `DICOM_DATASET_INVALID` if the bytes make no sense
 * @throws {@link DicomLimitError} `DICOM_LIMIT_EXCEEDED` for depth, elements, inflated bytes
 * @standard PS3.5 7, PS3.5 A
 */
export function parseDataSet(bytes: Buffer, transferSyntaxUID: string, options: ParseOptions = {}): DataSet {
  const encoding = transferSyntaxEncoding(transferSyntaxUID);
  const plain = encoding.deflated ? inflate(bytes, options.maxInflatedBytes ?? DEFAULT_MAX_INFLATED_BYTES) : bytes;
  return new Parser(plain, options).parse(encoding);
}

function inflate(bytes: Buffer, maxOutputLength: number): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DicomLimitError(`The deflated data set is larger than ${maxOutputLength} bytes`, { maxOutputLength });
    }
    if (code === 'Z_BUF_ERROR')
      throw new DicomTruncatedError('The deflated data set ends early', { length: bytes.length });
    throw new DicomDataSetError('The data set cannot be inflated', { length: bytes.length }, { cause });
  }
}

/** One pass over the bytes; recursion is as deep as sequences are nested, which `maxDepth` bounds. */
class Parser {
  private at = 0;
  private elements = 0;
  private readonly maxDepth: number;
  private readonly maxElements: number;

  constructor(
    private readonly bytes: Buffer,
    private readonly options: ParseOptions,
  ) {
    this.maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
    this.maxElements = options.maxElements ?? DEFAULT_MAX_ELEMENTS;
  }

  parse(encoding: ElementEncoding): DataSet {
    return this.parseElements(encoding, this.bytes.length, false, 0, undefined);
  }

  /** Elements up to `end`, or to the item delimitation if `delimited`. */
  private parseElements(
    encoding: ElementEncoding,
    end: number,
    delimited: boolean,
    depth: number,
    parent?: DataSet,
  ): DataSet {
    const elements = new Map<Tag, DataElement>();
    const dataSet = new DataSet(elements, parent);
    while (this.at < end) {
      const start = this.at;
      const header = this.readHeader(encoding, end);
      if (header.tag === ITEM_DELIMITATION && delimited) return dataSet;
      if (header.vr === '') throw this.invalid('An item tag where a data element belongs', header.tag, start);
      if (depth === 0 && this.options.untilTag !== undefined && header.tag >= this.options.untilTag) {
        this.at = start;
        return dataSet;
      }
      if (elements.has(header.tag)) throw this.invalid('A data element occurs twice', header.tag, start);
      elements.set(header.tag, this.parseValue(header, encoding, end, depth, dataSet, start));
    }
    if (delimited && end < this.bytes.length) throw this.invalid('An item is not delimited', ITEM, this.at);
    if (delimited) throw this.truncated('The data set ends inside an item', ITEM, this.at);
    return dataSet;
  }

  private parseValue(
    header: ElementHeader,
    encoding: ElementEncoding,
    end: number,
    depth: number,
    parent: DataSet,
    start: number,
  ): DataElement {
    const kind = valueKind(header, Tag.PixelData);
    switch (kind) {
      case 'value': {
        const from = this.at;
        this.skip(header, end, start);
        return { kind, vr: header.vr, bytes: this.bytes.subarray(from, this.at), littleEndian: encoding.littleEndian };
      }
      case 'fragments':
        return this.parseFragments(encoding, end);
      case 'sequence':
        return { kind, items: this.parseItems(header, encoding, end, depth + 1, parent, start) };
      case 'unknown-sequence':
        return {
          kind: 'sequence',
          items: this.parseItems(header, IMPLICIT_LITTLE_ENDIAN, end, depth + 1, parent, start),
        };
      case undefined:
        throw this.invalid(`VR ${header.vr} cannot have an undefined length`, header.tag, start);
    }
  }

  private parseItems(
    header: ElementHeader,
    encoding: ElementEncoding,
    end: number,
    depth: number,
    parent: DataSet,
    start: number,
  ): DataSet[] {
    if (depth > this.maxDepth) {
      throw new DicomLimitError(`Sequences are nested deeper than ${this.maxDepth}`, {
        maxDepth: this.maxDepth,
        offset: start,
      });
    }
    const undefinedLength = header.length === UNDEFINED_LENGTH;
    const sequenceEnd = undefinedLength ? end : this.at + header.length;
    if (sequenceEnd > end) throw this.tooLong(header, end, start);
    const items: DataSet[] = [];
    while (undefinedLength || this.at < sequenceEnd) {
      const itemStart = this.at;
      const item = this.readHeader(encoding, sequenceEnd);
      if (item.tag === SEQUENCE_DELIMITATION && undefinedLength) return items;
      if (item.tag !== ITEM) throw this.invalid('Not an item where one belongs', item.tag, itemStart);
      const open = item.length === UNDEFINED_LENGTH;
      const itemEnd = open ? sequenceEnd : this.at + item.length;
      if (itemEnd > sequenceEnd) throw this.tooLong(item, sequenceEnd, itemStart);
      items.push(this.parseElements(encoding, itemEnd, open, depth, parent));
    }
    return items;
  }

  private parseFragments(encoding: ElementEncoding, end: number): DataElement {
    const fragments: Buffer[] = [];
    for (;;) {
      const start = this.at;
      const item = this.readHeader(encoding, end);
      if (item.tag === SEQUENCE_DELIMITATION) break;
      if (item.tag !== ITEM) throw this.invalid('Not a fragment where one belongs', item.tag, start);
      if (item.length === UNDEFINED_LENGTH) throw this.invalid('A fragment of undefined length', item.tag, start);
      const from = this.at;
      this.skip(item, end, start);
      fragments.push(this.bytes.subarray(from, this.at));
    }
    const [offsetTable = Buffer.alloc(0), ...frames] = fragments;
    return { kind: 'fragments', offsetTable, fragments: frames };
  }

  private readHeader(encoding: ElementEncoding, end: number): ElementHeader {
    const header = readElementHeader(this.bytes, this.at, end - this.at, encoding, this.at);
    if (typeof header === 'number') {
      if (end < this.bytes.length) throw this.invalid('The item ends inside an element header', ITEM, this.at);
      throw this.truncated('The data set ends inside an element header', undefined, this.at);
    }
    if (++this.elements > this.maxElements) {
      throw new DicomLimitError(`More than ${this.maxElements} elements`, { maxElements: this.maxElements });
    }
    this.at += header.size;
    return header;
  }

  private skip(header: ElementHeader, end: number, start: number): void {
    if (header.length > end - this.at) throw this.tooLong(header, end, start);
    this.at += header.length;
  }

  private tooLong(header: ElementHeader, end: number, start: number): Error {
    const message = `${header.length} bytes are announced, ${end - this.at} are there`;
    if (end === this.bytes.length) return this.truncated(message, header.tag, start);
    return this.invalid(`${message} in the enclosing item`, header.tag, start);
  }

  private truncated(message: string, tag: Tag | undefined, offset: number): Error {
    return new DicomTruncatedError(`${message}${where(tag, offset)}`, facts(tag, offset));
  }

  private invalid(message: string, tag: Tag, offset: number): Error {
    return new DicomDataSetError(`${message}${where(tag, offset)}`, facts(tag, offset));
  }
}

function where(tag: Tag | undefined, offset: number): string {
  return ` (${tag === undefined ? '' : `${formatTag(tag)} `}at byte ${offset})`;
}

function facts(tag: Tag | undefined, offset: number): DicomErrorFacts {
  return tag === undefined ? { offset } : { tag: formatTag(tag), offset };
}
