import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes an AE list to a file of its own; returns its path, for `ENDPLATE_AE_CONFIG`. */
export function aeListFile(folder: string, list: unknown): string {
  const path = join(folder, `ae-${randomUUID()}.json`);
  writeFileSync(path, JSON.stringify(list));
  return path;
}
