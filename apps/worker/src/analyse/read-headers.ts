import { type DataSet, readFileMeta, parseDataSet, Tag, type UID } from '@endplate/dicom';
import { type InstanceHeader, readInstanceHeader } from '@endplate/imaging';
import { instanceKey, type ObjectKey, type ObjectStore } from '@endplate/store';

/** One instance of a version, as the manifest lists it. */
export interface ListedInstance {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** The headers of a version, in the manifest's order, and what could not be read. */
export interface VersionHeaders {
  readonly headers: readonly InstanceHeader[];
  /** Codes of why instances were left out, with their counts, ascending by code. */
  readonly unreadable: ReadonlyMap<string, number>;
}

/** Headers of ordinary images end well before this; what is longer is read whole. */
const PREFIX_BYTES = 64 * 1024;
/** Reads under way at one time: a bound on memory as well as on sockets. */
const READS_AT_ONCE = 8;

/**
 * Reads the headers of a version's instances, a few at a time and without the pixels. An instance that is no DICOM any
 * reader could use is left out and counted: that is a fact about the study, not a failure.
 * @throws what the store throws when it is away
 */
export async function readHeaders(
  store: ObjectStore,
  studyInstanceUID: string,
  instances: readonly ListedInstance[],
  signal?: AbortSignal,
): Promise<VersionHeaders> {
  const found: (InstanceHeader | string)[] = new Array<InstanceHeader | string>(instances.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < instances.length; at = next++) {
      signal?.throwIfAborted();
      found[at] = await readOne(store, instanceKey({ studyInstanceUID, ...instances[at]! }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, instances.length) }, lane));
  const faults = found.filter((one) => typeof one === 'string').sort();
  const unreadable = new Map<string, number>();
  for (const code of faults) unreadable.set(code, (unreadable.get(code) ?? 0) + 1);
  return { headers: found.filter((one): one is InstanceHeader => typeof one !== 'string'), unreadable };
}

async function readOne(store: ObjectStore, key: ObjectKey): Promise<InstanceHeader | string> {
  try {
    const prefix = await readPrefix(store, key);
    const early = prefix.whole ? undefined : headerOfPrefix(prefix.bytes);
    return early ?? headerOfFile(prefix.whole ? prefix.bytes : await store.get(key));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'STORE_NOT_FOUND' || code === 'STORE_TOO_LARGE' || /^(DICOM|IMAGING)_/.test(code)) return code;
    throw error;
  }
}

/** The first bytes of an object; `whole` when that is all of it. */
async function readPrefix(store: ObjectStore, key: ObjectKey): Promise<{ bytes: Buffer; whole: boolean }> {
  const stream = await store.getStream(key);
  const chunks: Buffer[] = [];
  let length = 0;
  let whole = true;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length <= PREFIX_BYTES) continue;
    whole = false;
    break; // ends the stream
  }
  return { bytes: Buffer.concat(chunks), whole };
}

/** The header, where the pixel data begins inside the prefix; undefined where more has to be read to know. */
function headerOfPrefix(bytes: Buffer): InstanceHeader | undefined {
  try {
    const { meta, dataSetOffset } = readFileMeta(bytes);
    const dataSet = bytes.subarray(dataSetOffset);
    const parsed = parseDataSet(dataSet, meta.transferSyntaxUID, { untilTag: Tag.PixelData });
    // The parser also comes to an end where the prefix happens to end between two elements: then one byte less fails.
    parseDataSet(dataSet.subarray(0, -1), meta.transferSyntaxUID, { untilTag: Tag.PixelData });
    return readInstanceHeader(parsed, { transferSyntaxUID: meta.transferSyntaxUID, hasPixelData: true });
  } catch (error) {
    if (/^(DICOM|IMAGING)_/.test(codeOf(error))) return undefined;
    throw error;
  }
}

function headerOfFile(bytes: Buffer): InstanceHeader {
  const { transferSyntaxUID, dataSet } = wholeFile(bytes);
  return readInstanceHeader(dataSet, { transferSyntaxUID });
}

function wholeFile(bytes: Buffer): { transferSyntaxUID: UID; dataSet: DataSet } {
  const { meta, dataSetOffset } = readFileMeta(bytes);
  const dataSet = parseDataSet(bytes.subarray(dataSetOffset), meta.transferSyntaxUID);
  return { transferSyntaxUID: meta.transferSyntaxUID, dataSet };
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}
