import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../deploy/manifest';

/** A document of the product. */
export const document = (name: string): string => readFileSync(path.join(ROOT, 'docs', name), 'utf8');

/** Cells of every table row, without the padding that the formatter adds. */
export function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What stands in cells that are code and nothing else. */
export const quoted = (cells: readonly string[]): string[] =>
  cells.filter((cell) => /^`[^`]+`$/.test(cell)).map((cell) => cell.slice(1, -1));
