import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  correctKeySlices,
  type KeySlice,
  parseKeySlices,
  studyFindingsSchema,
  type StudyFindings,
} from '@endplate/findings';
import { loadFonts } from '@endplate/platform';
import { drawKeyImage, keyImageName, renderReportPage, type ReportLanguage } from '@endplate/reporting';
import { Command } from 'commander';
import { CliError } from '../errors';
import { languageOption, type LanguageOption } from '../render/language-option';

/** `endplate render FINDINGS --out DIR`: the pictures and the page of a version, from what `analyse` wrote. */
export function renderCommand(): Command {
  return new Command('render')
    .description(
      'Draws the key images (PNG) and the one-page report (PDF) of a findings.json.\nThe slices come from key-slices.json, which `endplate analyse` writes beside it.',
    )
    .argument('<findings>', 'a findings.json')
    .requiredOption('--out <dir>', 'folder for the pictures and the report')
    .option('--slices <file>', 'key slices (default: key-slices.json beside the findings)')
    .addOption(languageOption())
    .option('--json', 'end with one line of JSON')
    .action(async (file: string, options: LanguageOption & { out: string; slices?: string; json?: boolean }) => {
      const findings = await readFindings(file);
      const slices = await readSlices(options.slices ?? path.join(path.dirname(file), 'key-slices.json'), findings);
      const files = await renderToFolder(findings, slices, options.out, options.language);
      process.stdout.write(options.json ? `${JSON.stringify({ files })}\n` : files.map((one) => `${one}\n`).join(''));
    });
}

async function renderToFolder(
  findings: StudyFindings,
  slices: readonly KeySlice[],
  out: string,
  language: ReportLanguage,
): Promise<string[]> {
  const fonts = await loadFonts();
  await mkdir(out, { recursive: true });
  const files: string[] = [];
  for (const [index, slice] of slices.entries()) {
    const file = path.join(out, `${keyImageName(slice, index)}.png`);
    await writeFile(file, drawKeyImage(slice, findings, fonts, language).png);
    files.push(file);
  }
  const page = path.join(out, 'report.pdf');
  await writeFile(page, renderReportPage(findings, slices, fonts, language));
  return [...files, page];
}

async function readFindings(file: string): Promise<StudyFindings> {
  const findings = parsed(file, await text(file), (json) => studyFindingsSchema.parse(JSON.parse(json)));
  if (findings.outcome.status === 'analysed') return findings;
  throw new CliError('CLI_FAILED', `Nothing to draw: the study was not analysed. ${findings.outcome.reason.text}`);
}

async function readSlices(file: string, findings: StudyFindings): Promise<readonly KeySlice[]> {
  const { studyInstanceUID, version, slices } = parsed(file, await text(file), parseKeySlices);
  if (studyInstanceUID === findings.studyInstanceUID && version === findings.version)
    return findings.correction ? correctKeySlices(slices, findings) : slices;
  throw new CliError('CLI_USAGE', `"${file}" belongs to another study or version than the findings.`);
}

function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError('CLI_USAGE', `"${file}" can't be read.`, { cause });
  });
}

function parsed<T>(file: string, json: string, parse: (json: string) => T): T {
  try {
    return parse(json);
  } catch (cause) {
    throw new CliError('CLI_USAGE', `"${file}" is not what it has to be: it was written by another program.`, {
      cause,
    });
  }
}
