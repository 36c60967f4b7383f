import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PageMissingError } from '../errors';

/** One file of the page. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
}

/** Folders above this file that may be the installation. */
const MAX_LEVELS = 8;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The files of the page by name, read once. The build compiles TypeScript alone, so they are looked for beside this file
 * and in the sources of the installation.
 * @throws CONSOLE_PAGE_MISSING
 */
export function readPage(from = __dirname): ReadonlyMap<string, PageFile> {
  const folder = findFolder(from);
  const files = new Map<string, PageFile>();
  for (const name of readdirSync(folder)) {
    const type = TYPES[path.extname(name)];
    if (type) files.set(name, { bytes: readFileSync(path.join(folder, name)), type });
  }
  return files;
}

function findFolder(from: string): string {
  const inSources = path.join('apps', 'console', 'src', 'web', 'page');
  const candidates = [path.join(from, 'page')];
  for (let folder = from, level = 0; level < MAX_LEVELS; folder = path.dirname(folder), level += 1) {
    candidates.push(path.join(folder, inSources));
  }
  const found = candidates.find((folder) => existsSync(path.join(folder, 'index.html')));
  if (!found) throw new PageMissingError();
  return found;
}
