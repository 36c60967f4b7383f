import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Folders above this file that may be the installation. */
const MAX_LEVELS = 8;

/** Name and version of this program, from the package.json of the installation. */
export function softwareIdentity(from = __dirname): { name: string; version: string } {
  for (let folder = from, level = 0; level < MAX_LEVELS; folder = path.dirname(folder), level += 1) {
    const file = path.join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return { name: 'Endplate', version };
  }
  return { name: 'Endplate', version: 'unknown' };
}
