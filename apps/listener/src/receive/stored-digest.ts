import { createHash } from 'node:crypto';
import { readFileMeta } from '@endplate/dicom';
import { type ObjectKey, type ObjectStore } from '@endplate/store';

/** Group 2 of files that we or others wrote ends well before this. */
const MAX_HEAD_BYTES = 1024 ** 2;

/**
 * SHA-256 of a stored instance's dataset, and its transfer syntax. Preamble and group 2 are left out: they tell who
 * sent and who wrote the file, so the same instance from two senders is the same.
 * @throws DICOM_PART10_INVALID, and what the store throws when it is away
 */
export async function digestStored(
  store: Pick<ObjectStore, 'getStream'>,
  key: ObjectKey,
): Promise<{ sha256: string; transferSyntaxUID: string }> {
  const hash = createHash('sha256');
  let head: Buffer | undefined = Buffer.alloc(0);
  let transferSyntaxUID = '';
  for await (const chunk of await store.getStream(key)) {
    if (!head) {
      hash.update(chunk as Buffer);
      continue;
    }
    head = Buffer.concat([head, chunk as Buffer]);
    const meta = metaOf(head, head.length >= MAX_HEAD_BYTES);
    if (!meta) continue;
    transferSyntaxUID = meta.transferSyntaxUID;
    hash.update(head.subarray(meta.dataSetOffset));
    head = undefined;
  }
  if (head) {
    const meta = metaOf(head, true)!;
    transferSyntaxUID = meta.transferSyntaxUID;
    hash.update(head.subarray(meta.dataSetOffset));
  }
  return { sha256: hash.digest('hex'), transferSyntaxUID };
}

/**
 * The file meta information at the beginning of a file, or undefined while more bytes are needed to be sure.
 * @param final - no more bytes come, or enough have: what is wrong now is thrown
 * @throws DICOM_PART10_INVALID
 */
export function metaOf(
  head: Buffer,
  final: boolean,
): (ReturnType<typeof readFileMeta>['meta'] & { readonly dataSetOffset: number }) | undefined {
  try {
    const { meta, dataSetOffset } = readFileMeta(head);
    // Group 2 is whole only when something else follows it.
    if (dataSetOffset + 2 > head.length && !final) return undefined;
    return { ...meta, dataSetOffset };
  } catch (error) {
    if (final) throw error;
    return undefined;
  }
}
