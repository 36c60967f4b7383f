import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeNiftiLabels, type PhantomStudy } from '@endplate/phantom';

/**
 * Writes a phantom study as `<series>/<number>.dcm`, its `truth.json` and, as `endplate evaluate` reads them,
 * `<series>_labels.nii.gz` (vertebral bodies) and `<series>_discs_labels.nii.gz`.
 *
 * @param progress - told after each image
 */
export async function writePhantom(
  study: PhantomStudy,
  out: string,
  progress: (done: number, total: number) => void,
): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, 'truth.json'), `${JSON.stringify(study.truth, null, 2)}\n`);
  let done = 0;
  for (const { series, instanceNumber, bytes } of study.instances()) {
    const folder = path.join(out, series);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, `${String(instanceNumber).padStart(4, '0')}.dcm`), bytes);
    progress((done += 1), study.instanceCount);
  }
  for (const { series, bodies, discs } of study.labels()) {
    await writeFile(path.join(out, `${series}_labels.nii.gz`), encodeNiftiLabels(bodies));
    await writeFile(path.join(out, `${series}_discs_labels.nii.gz`), encodeNiftiLabels(discs));
  }
}
