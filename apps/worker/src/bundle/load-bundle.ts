import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openThreadedSegmenter, type SpineSegmenter } from '@endplate/kernel';
import { modelFolder, SHIPPED_MODEL, startThreads } from '@endplate/platform';
import { BundleUnusableError } from '../errors';

/**
 * The folder of the bundle: the one given, or that of the installation.
 * @throws WORKER_BUNDLE_UNUSABLE where there is none
 */
export function findBundle(given: string | undefined, from?: string): string {
  const folder = modelFolder(given, from);
  if (folder === undefined) throw new BundleUnusableError(`models/${SHIPPED_MODEL}`, 'there is no bundle.json.');
  return folder;
}

/**
 * Finds, verifies and loads the network: digest, tensor names, shapes and labels must fit what the bundle says.
 * @throws WORKER_BUNDLE_UNUSABLE with a sentence that says what does not fit
 */
export async function loadBundle(
  given: string | undefined,
  options: { readonly intraOpThreads: number },
): Promise<SpineSegmenter> {
  const folder = findBundle(given);
  try {
    return await openThreadedSegmenter(
      (file) => readFile(path.join(folder, file)),
      options.intraOpThreads,
      startThreads,
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown reason';
    throw new BundleUnusableError(folder, /[.!?]$/.test(why) ? why : `${why}.`, { cause: error });
  }
}
