import { KernelModelBundleError } from '../errors';
import { type ModelBundle, parseModelBundle } from './model-bundle';
import { createOnnxSegmenter, type OnnxSegmenterOptions } from './onnx/onnx-segmenter';
import { type SpineSegmenter } from './segmenter.port';

/**
 * Reads, checks and loads a model: `bundle.json`, the file that it names, digest, tensors and labels.
 *
 * @param read - gives a file of the bundle's folder by its name
 * @throws {@link KernelModelBundleError} `KERNEL_MODEL_BUNDLE` for files that can't be read or a bundle.json that does not fit
 * @throws KernelModelDigestError `KERNEL_MODEL_DIGEST`
 * @throws KernelModelShapeError `KERNEL_MODEL_SHAPE`
 */
export async function openSegmenter(
  read: (file: string) => Promise<Uint8Array>,
  options: OnnxSegmenterOptions = {},
): Promise<SpineSegmenter> {
  const bundle = bundleOf(await readFileOf(read, 'bundle.json'));
  return createOnnxSegmenter(bundle, await readFileOf(read, bundle.file), options);
}

/** The files of a bundle by name, with its bundle.json checked. @throws {@link KernelModelBundleError} */
export async function readBundle(
  read: (file: string) => Promise<Uint8Array>,
): Promise<Readonly<Record<string, Uint8Array>>> {
  const json = await readFileOf(read, 'bundle.json');
  const { file } = bundleOf(json);
  return { 'bundle.json': json, [file]: await readFileOf(read, file) };
}

async function readFileOf(read: (file: string) => Promise<Uint8Array>, file: string): Promise<Uint8Array> {
  try {
    return await read(file);
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    throw new KernelModelBundleError(`a file of it cannot be read (${typeof code === 'string' ? code : 'unknown'}).`);
  }
}

function bundleOf(bytes: Uint8Array): ModelBundle {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new KernelModelBundleError('bundle.json is not JSON.');
  }
  return parseModelBundle(json);
}
