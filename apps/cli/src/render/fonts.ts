import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type FontSet } from '@endplate/reporting';

/** The fonts that pictures and pages are drawn with: DejaVu, from its package. */
export async function loadFonts(): Promise<FontSet> {
  const folder = path.join(path.dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  const [regular, bold] = await Promise.all(
    ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => readFile(path.join(folder, name))),
  );
  return { regular: regular!, bold: bold! };
}
