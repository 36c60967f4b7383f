import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Fonts of one weight, each for what those before it have no glyph for. */
type Weight = readonly [latin: Buffer, chinese: Buffer];

const FILES = {
  regular: ['DejaVuSans.ttf', 'noto-sans-sc-chinese-simplified-400-normal.woff'],
  bold: ['DejaVuSans-Bold.ttf', 'noto-sans-sc-chinese-simplified-700-normal.woff'],
} as const;

/**
 * The fonts that key images and pages are drawn with, from their packages: DejaVu for its wide range of letters (Latin,
 * Greek, Cyrillic), Noto Sans SC for Chinese characters.
 */
export async function loadFonts(): Promise<{ regular: Weight; bold: Weight }> {
  const [regular, bold] = await Promise.all([load(FILES.regular), load(FILES.bold)]);
  return { regular, bold };
}

async function load([latin, chinese]: readonly [string, string]): Promise<Weight> {
  return Promise.all([
    readFile(path.join(folderOf('dejavu-fonts-ttf'), 'ttf', latin)),
    readFile(path.join(folderOf('@fontsource/noto-sans-sc'), 'files', chinese)),
  ]);
}

function folderOf(name: string): string {
  return path.dirname(require.resolve(`${name}/package.json`));
}
