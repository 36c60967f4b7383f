import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type SpineSegmenter } from '@endplate/kernel';

/** Steps in which the kernel keeps probabilities; the cache loses nothing that it would not. */
const STEPS = 255;

/**
 * A network whose answers are kept in a folder, so that a second evaluation with other thresholds costs no inference. The
 * name of an answer is the digest of model, shape and voxels; the folder may be deleted at any time.
 */
export function cachedSegmenter(segmenter: SpineSegmenter, folder: string): SpineSegmenter {
  return {
    model: segmenter.model,
    input: segmenter.input,
    async segment(slices, shape, place) {
      const bytes = Buffer.from(slices.buffer, slices.byteOffset, slices.byteLength);
      const digest = createHash('sha256')
        .update(segmenter.model.sha256)
        .update(shape.join())
        .update(bytes)
        .digest('hex');
      const file = path.join(folder, digest.slice(0, 2), `${digest}.gz`);
      const kept = await readFile(file).catch(() => undefined);
      if (kept) return Float32Array.from(gunzipSync(kept), (value) => value / STEPS);
      const answer = await segmenter.segment(slices, shape, place);
      await mkdir(path.dirname(file), { recursive: true });
      const own = `${file}.${process.pid}`;
      await writeFile(
        own,
        gzipSync(
          Uint8Array.from(answer, (value) => Math.round(value * STEPS)),
          { level: 1 },
        ),
      );
      await rename(own, file);
      return answer;
    },
    close: () => segmenter.close(),
  };
}
