import { existsSync } from 'node:fs';
import path from 'node:path';

/** Name of the folder below `models/` that is used when nothing else is said. */
export const SHIPPED_MODEL = 'spine-seg';

/** Folders above this file that may hold `models/`: the sources and the build lie at different depths. */
const MAX_LEVELS = 8;

/** The folder of the model: the one given (`MODEL_BUNDLE`), or the one of the installation; undefined where there is none. */
export function modelFolder(given: string | undefined, from = __dirname): string | undefined {
  if (given !== undefined) return path.resolve(given);
  for (let folder = from, level = 0; level < MAX_LEVELS; folder = path.dirname(folder), level += 1) {
    const candidate = path.join(folder, 'models', SHIPPED_MODEL);
    if (existsSync(path.join(candidate, 'bundle.json'))) return candidate;
  }
  return undefined;
}
