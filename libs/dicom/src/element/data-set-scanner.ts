import { DicomDataSetError, DicomLimitError } from '../errors';
import { transferSyntaxEncoding } from '../uid/transfer-syntax';
import { isUid, parseUid, type UID } from '../uid/uid';
import { DataSet, type DataElement } from './data-set';
import { DataSetWalker, type ElementVisitor } from './data-set-walker';
import { type ElementHeader } from './element-header';
import { Inflater } from './inflater';
import { formatTag, Tag } from './tag';

/** What a listener must know of an instance that goes by. */
export interface ScannedHeader {
  readonly sopClassUID: UID;
  readonly sopInstanceUID: UID;
  readonly studyInstanceUID: UID;
  readonly seriesInstanceUID: UID;
  readonly modality?: string;
  readonly seriesNumber?: number;
  readonly instanceNumber?: number;
  readonly numberOfFrames?: number;
  readonly rows?: number;
  readonly columns?: number;
  /** Pixel Data, Float or Double Float Pixel Data met so far; final in what `end()` returns. */
  readonly hasPixelData: boolean;
  /** The kept top-level elements, `keepTags` among them. */
  readonly dataSet: DataSet;
}

/** Limits of one scan. */
export interface ScanLimits {
  /** Sequences within sequences; default 64. */
  readonly maxDepth?: number;
  /** Bytes of all kept values together; default 64 KiB. */
  readonly maxHeaderBytes?: number;
  /** Bytes after inflation of a deflated data set; default 1 GiB. */
  readonly maxInflatedBytes?: number;
  /** More top-level elements to keep; one that does not fit into `maxHeaderBytes` fails the scan. */
  readonly keepTags?: readonly Tag[];
}

const IDENTITY_TAGS: readonly Tag[] = [
  Tag.SpecificCharacterSet,
  Tag.SOPClassUID,
  Tag.SOPInstanceUID,
  Tag.Modality,
  Tag.StudyInstanceUID,
  Tag.SeriesInstanceUID,
  Tag.SeriesNumber,
  Tag.InstanceNumber,
  Tag.NumberOfFrames,
  Tag.Rows,
  Tag.Columns,
];
const IDENTITY_UIDS: readonly Tag[] = [
  Tag.SOPClassUID,
  Tag.SOPInstanceUID,
  Tag.StudyInstanceUID,
  Tag.SeriesInstanceUID,
];
const PIXEL_TAGS = new Set<Tag>([Tag.PixelData, Tag.FloatPixelData, Tag.DoubleFloatPixelData]);

/**
 * Reads the header of a data set while its bytes go by, and checks that the elements end where the bytes end.
 *
 * Chunks are never kept: only the values of the few elements that identify the instance are copied, and pixel data is
 * skipped. After an error every further call throws the same error.
 *
 * @standard PS3.5 7
 */
export class DataSetScanner implements ElementVisitor {
  private readonly walker: DataSetWalker;
  private readonly inflater: Inflater | undefined;
  private readonly littleEndian: boolean;
  private readonly wanted: ReadonlySet<Tag>;
  private readonly lastWanted: Tag;
  private readonly maxHeaderBytes: number;
  private readonly elements = new Map<Tag, DataElement>();
  private keptBytes = 0;
  private pixelData = false;
  private passed = false;
  private known: ScannedHeader | undefined;
  private failure: unknown;

  constructor(transferSyntaxUID: string, limits: ScanLimits = {}) {
    const encoding = transferSyntaxEncoding(transferSyntaxUID);
    this.littleEndian = encoding.littleEndian;
    this.wanted = new Set([...IDENTITY_TAGS, ...(limits.keepTags ?? [])]);
    this.lastWanted = Math.max(...this.wanted);
    this.maxHeaderBytes = limits.maxHeaderBytes ?? 65536;
    const walker = new DataSetWalker(encoding, limits.maxDepth ?? 64, this);
    this.walker = walker;
    if (encoding.deflated) {
      this.inflater = new Inflater(limits.maxInflatedBytes ?? 2 ** 30, (bytes) => walker.push(bytes));
    }
  }

  /** The header, as soon as the elements that make it have gone by; what is wrong with it is said by `end()` alone. */
  get header(): ScannedHeader | undefined {
    if (this.known === undefined && this.passed && this.failure === undefined) {
      const dataSet = new DataSet(this.elements);
      if (IDENTITY_UIDS.every((tag) => isUid(dataSet.string(tag) ?? ''))) this.known = this.buildHeader();
    }
    return this.known;
  }

  /** Bytes of the data set that were walked, after inflation. */
  get position(): number {
    return this.walker.position;
  }

  /**
   * Takes the next bytes; the chunk belongs to the caller again when the call returns.
   *
   * @throws {@link DicomDataSetError} `DICOM_DATASET_INVALID` with tag and offset
   * @throws {@link DicomLimitError} `DICOM_LIMIT_EXCEEDED`
   */
  push(chunk: Buffer): void {
    this.guard(() => (this.inflater ?? this.walker).push(chunk));
  }

  /**
   * Says that no more bytes come.
   *
   * @throws {@link DicomTruncatedError} `DICOM_DATASET_TRUNCATED` if an element, item, sequence or deflate stream is open
   * @throws {@link DicomDataSetError} `DICOM_DATASET_INVALID` if a UID of the instance is missing
   * @throws {@link DicomUidError} `DICOM_UID_INVALID` if one of them breaks PS3.5 9.1
   */
  end(): ScannedHeader {
    return this.guard(() => {
      this.inflater?.end();
      this.walker.end();
      this.known = this.buildHeader();
      return this.known;
    });
  }

  /** Called by the walker. */
  element(header: ElementHeader): boolean {
    if (header.tag > this.lastWanted) this.passed = true;
    if (PIXEL_TAGS.has(header.tag)) this.pixelData = true;
    if (!this.wanted.has(header.tag) || header.vr === 'SQ') return false;
    if (this.elements.has(header.tag)) {
      throw new DicomDataSetError(`${formatTag(header.tag)} occurs twice`, { tag: formatTag(header.tag) });
    }
    this.keptBytes += header.length;
    if (this.keptBytes > this.maxHeaderBytes) {
      throw new DicomLimitError(`The header needs more than ${this.maxHeaderBytes} bytes at ${formatTag(header.tag)}`, {
        tag: formatTag(header.tag),
        maxHeaderBytes: this.maxHeaderBytes,
      });
    }
    return true;
  }

  /** Called by the walker. */
  value(header: ElementHeader, bytes: Buffer): void {
    this.elements.set(header.tag, { kind: 'value', vr: header.vr, bytes, littleEndian: this.littleEndian });
  }

  private buildHeader(): ScannedHeader {
    const dataSet = new DataSet(this.elements);
    const modality = dataSet.string(Tag.Modality);
    return {
      sopClassUID: requiredUid(dataSet, Tag.SOPClassUID),
      sopInstanceUID: requiredUid(dataSet, Tag.SOPInstanceUID),
      studyInstanceUID: requiredUid(dataSet, Tag.StudyInstanceUID),
      seriesInstanceUID: requiredUid(dataSet, Tag.SeriesInstanceUID),
      ...(modality === undefined ? {} : { modality }),
      ...optionalNumber('seriesNumber', dataSet.number(Tag.SeriesNumber)),
      ...optionalNumber('instanceNumber', dataSet.number(Tag.InstanceNumber)),
      ...optionalNumber('numberOfFrames', dataSet.number(Tag.NumberOfFrames)),
      ...optionalNumber('rows', dataSet.number(Tag.Rows)),
      ...optionalNumber('columns', dataSet.number(Tag.Columns)),
      hasPixelData: this.pixelData,
      dataSet,
    };
  }

  private guard<T>(work: () => T): T {
    if (this.failure !== undefined) throw this.failure;
    try {
      return work();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

function requiredUid(dataSet: DataSet, tag: Tag): UID {
  const text = dataSet.string(tag);
  if (text === undefined) throw new DicomDataSetError(`${formatTag(tag)} is missing`, { tag: formatTag(tag) });
  return parseUid(text);
}

function optionalNumber<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: number });
}
