import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The fonts that key images and pages are drawn with: DejaVu, for its wide range of letters; from its package. */
export async function loadFonts(): Promise<{ regular: Buffer; bold: Buffer }> {
  const folder = path.join(path.dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  const [regular, bold] = await Promise.all(
    ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => readFile(path.join(folder, name))),
  );
  return { regular: regular!, bold: bold! };
}
