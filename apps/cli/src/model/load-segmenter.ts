import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openThreadedSegmenter, type SpineSegmenter } from '@endplate/kernel';
import { modelFolder, SHIPPED_MODEL, startThreads } from '@endplate/platform';
import { CliError } from '../errors';

/**
 * Loads the network: the bundle that `MODEL_BUNDLE` names, or the shipped one.
 *
 * @throws {@link CliError} naming what does not fit
 */
export async function loadSegmenter(given = process.env['MODEL_BUNDLE']): Promise<SpineSegmenter> {
  const folder = modelFolder(given);
  if (folder === undefined) throw new CliError('CLI_FAILED', `There is no models/${SHIPPED_MODEL}; set MODEL_BUNDLE.`);
  try {
    return await openThreadedSegmenter(
      (file) => readFile(path.join(folder, file)),
      os.availableParallelism(),
      startThreads,
    );
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('CLI_FAILED', `The model in "${folder}" can't be used: ${why}`, { cause });
  }
}
