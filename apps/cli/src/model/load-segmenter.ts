import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createOnnxSegmenter, parseModelBundle, type SpineSegmenter } from '@endplate/kernel';
import { CliError } from '../errors';

/** Folder of the model that ships with Endplate. */
const SHIPPED_BUNDLE = path.resolve(__dirname, '../../../../../models/spine-seg');

/**
 * Loads the network: the bundle that `MODEL_BUNDLE` names, or the shipped one.
 *
 * @throws {@link CliError} naming what does not fit
 */
export async function loadSegmenter(folder = process.env['MODEL_BUNDLE'] ?? SHIPPED_BUNDLE): Promise<SpineSegmenter> {
  try {
    const bundle = parseModelBundle(JSON.parse(await readFile(path.join(folder, 'bundle.json'), 'utf8')));
    const bytes = await readFile(path.join(folder, bundle.file));
    return await createOnnxSegmenter(bundle, bytes, { intraOpThreads: os.availableParallelism() });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('CLI_FAILED', `The model in "${folder}" can't be used: ${why}`, { cause });
  }
}
