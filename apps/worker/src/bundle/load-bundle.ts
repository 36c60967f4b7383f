import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createOnnxSegmenter, type ModelBundle, parseModelBundle, type SpineSegmenter } from '@endplate/kernel';
import { BundleUnusableError } from '../errors';

/** Name of the folder below `models/` that is used when nothing else is said. */
const DEFAULT_BUNDLE = 'spine-seg';

/** Folders above this file that may hold `models/`: the sources and the build lie at different depths. */
const MAX_LEVELS = 8;

/** A bundle that was read, before the network itself is looked at. */
export interface BundleFiles {
  readonly folder: string;
  readonly bundle: ModelBundle;
  readonly modelBytes: Uint8Array;
}

/**
 * The folder of the bundle: the one given, or `models/spine-seg` of the installation.
 * @throws WORKER_BUNDLE_UNUSABLE where there is none
 */
export function findBundle(given: string | undefined, from = __dirname): string {
  if (given !== undefined) return path.resolve(given);
  for (let folder = from, level = 0; level < MAX_LEVELS; folder = path.dirname(folder), level += 1) {
    const candidate = path.join(folder, 'models', DEFAULT_BUNDLE);
    if (existsSync(path.join(candidate, 'bundle.json'))) return candidate;
  }
  throw new BundleUnusableError(`models/${DEFAULT_BUNDLE}`, 'there is no bundle.json.');
}

/**
 * Reads bundle.json and the model file that it names.
 * @throws WORKER_BUNDLE_UNUSABLE with a sentence that says what does not fit
 */
export async function readBundle(folder: string): Promise<BundleFiles> {
  try {
    const bundle = parseModelBundle(JSON.parse(await readFile(path.join(folder, 'bundle.json'), 'utf8')));
    return { folder, bundle, modelBytes: await readFile(path.join(folder, bundle.file)) };
  } catch (error) {
    throw new BundleUnusableError(folder, sentence(error), { cause: error });
  }
}

/**
 * Finds, verifies and loads the network: digest, tensor names, shapes and classes must fit what the bundle says.
 * @throws WORKER_BUNDLE_UNUSABLE with a sentence that says what does not fit
 */
export async function loadBundle(
  given: string | undefined,
  options: { readonly intraOpThreads: number },
): Promise<SpineSegmenter> {
  const { folder, bundle, modelBytes } = await readBundle(findBundle(given));
  try {
    return await createOnnxSegmenter(bundle, modelBytes, options);
  } catch (error) {
    throw new BundleUnusableError(folder, sentence(error), { cause: error });
  }
}

function sentence(error: unknown): string {
  if (error instanceof SyntaxError) return 'bundle.json is not JSON.';
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) return `a file of it cannot be read (${code}).`;
  const text = error instanceof Error ? error.message : 'unknown reason';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
