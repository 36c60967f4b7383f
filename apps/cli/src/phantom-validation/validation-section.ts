import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CtOutcome } from './ct-agreement';
import { type MrOutcome } from './mr-agreement';
import { cobbTable, dentTable } from './shape-agreement';
import { confusionTable, falseDiscTable, modicTable, sensitivityTable, volumeTable } from './phantom-table';

type Row = readonly string[];
/** A table with the sentence that stands over it. */
export interface TitledTable {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Tables of CT phantoms. @param how - which part finds the anatomy */
export function ctTables(outcomes: readonly CtOutcome[], how: string): TitledTable[] {
  if (outcomes.length === 0) return [];
  return [
    { title: `Calcification volume per disc, ${how}`, rows: volumeTable(outcomes) },
    { title: `Sensitivity per lesion, ${how}`, rows: sensitivityTable(outcomes) },
    { title: `False discs and discs not assessed, ${how}`, rows: falseDiscTable(outcomes) },
    { title: `Coronal Cobb angle, ${how}`, rows: cobbTable(outcomes.map(({ shape }) => shape)) },
    { title: `Dents of endplates, ${how}`, rows: dentTable(outcomes.map(({ shape }) => shape)) },
  ];
}

/** Tables of MR phantoms. */
export function mrTables(outcomes: readonly MrOutcome[], how: string): TitledTable[] {
  if (outcomes.length === 0) return [];
  return [
    { title: `Modic types per endplate, ${how}`, rows: confusionTable(outcomes) },
    { title: `Modic agreement, ${how}`, rows: modicTable(outcomes) },
  ];
}

/** A table in Markdown. */
export function markdownTable(rows: readonly Row[]): string {
  const line = (row: Row): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [head, ...rest] = rows;
  return [line(head!), `|${' --- |'.repeat(head!.length)}`, ...rest.map(line)].join('\n');
}

/** Puts text between `<!-- generated: NAME -->` and `<!-- end: NAME -->` of a file; appends both where they are missing. */
export async function replaceSection(file: string, name: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '# Validation\n');
  const [open, close] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const block = `${open}\n\n${text.trim()}\n\n${close}`;
  const [from, to] = [before.indexOf(open), before.indexOf(close)];
  const after =
    from >= 0 && to > from
      ? before.slice(0, from) + block + before.slice(to + close.length)
      : `${before.trimEnd()}\n\n${block}\n`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, after);
}
