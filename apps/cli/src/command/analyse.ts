import { mkdir, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { type StudyFindings } from '@endplate/findings';
import { analyseStudy, type KernelResult, type SpineSegmenter } from '@endplate/kernel';
import { softwareIdentity } from '@endplate/platform';
import { Command } from 'commander';
import { CliError } from '../errors';
import { findStudies, type FolderStudy } from '../folder/find-instances';
import { loadSegmenter } from '../model/load-segmenter';
import { languageOption, type LanguageOption } from '../render/language-option';
import { writeObjects } from '../render/write-objects';
import { findingsTable } from '../terminal/findings-table';
import { Progress } from '../terminal/progress';

/** `endplate analyse DIR --out DIR`: the kernel on a folder, without any server. */
export function analyseCommand(): Command {
  return new Command('analyse')
    .description(
      'Runs the kernel on the studies of a folder and writes findings.json, the DICOM objects and the key images.',
    )
    .argument('<dir>', 'folder of DICOM files')
    .requiredOption('--out <dir>', 'folder for findings.json, the objects as .dcm and key-images/*.png')
    .addOption(languageOption())
    .option('--json', 'end with one line of JSON')
    .action(async (dir: string, options: LanguageOption & { out: string; json?: boolean }) => {
      const { studies, unreadable } = await findStudies(dir);
      if (studies.length === 0) throw new CliError('CLI_FAILED', `No DICOM image below "${dir}".`);
      for (const file of unreadable) process.stderr.write(`endplate: passed over, not readable: ${file}\n`);
      const segmenter = await loadSegmenter();
      try {
        const lines = [];
        for (const study of studies) {
          const out = studies.length === 1 ? options.out : path.join(options.out, study.studyInstanceUID);
          lines.push(await analyseToFolder(study, out, segmenter, options));
        }
        if (options.json) process.stdout.write(`${JSON.stringify({ studies: lines })}\n`);
      } finally {
        await segmenter.close();
      }
    });
}

interface StudyLine {
  readonly studyInstanceUID: string;
  readonly outcome: StudyFindings['outcome'];
  readonly discs: number;
  readonly out: string;
  readonly files: readonly string[];
}

async function analyseToFolder(
  study: FolderStudy,
  out: string,
  segmenter: SpineSegmenter,
  options: LanguageOption & { json?: boolean },
): Promise<StudyLine> {
  const result = await analyseFolderStudy(study, segmenter);
  await mkdir(out, { recursive: true });
  const files = ['findings.json'];
  await writeFile(path.join(out, 'findings.json'), `${JSON.stringify(result.findings, null, 2)}\n`);
  if (result.findings.outcome.status === 'analysed')
    files.push(...(await writeObjects(study, result, out, options.language)));
  if (options.json !== true)
    process.stdout.write(
      `${findingsTable(result.findings)}written: ${files.map((f) => path.join(out, f)).join(', ')}\n`,
    );
  const { studyInstanceUID, outcome, discs } = result.findings;
  return { studyInstanceUID, outcome, discs: discs.length, out, files };
}

/** Runs the kernel on one study of a folder, with a line of progress. */
export async function analyseFolderStudy(study: FolderStudy, segmenter: SpineSegmenter): Promise<KernelResult> {
  const progress = new Progress();
  const headers = study.instances.map((instance) => instance.header);
  try {
    return await analyseStudy(
      {
        studyInstanceUID: study.studyInstanceUID,
        version: 1,
        digest: digestOf(headers.map((header) => header.sopInstanceUID)),
        createdAt: new Date().toISOString(),
        headers,
        readInstance: study.readInstance,
      },
      {
        segmenter,
        software: softwareIdentity(),
        notify: (event) =>
          progress.show(event.type === 'stage' ? event.stage : `${event.stage} ${event.done} of ${event.total}`),
      },
    );
  } finally {
    progress.clear();
  }
}

/** sha256 over the sorted SOP Instance UIDs. */
function digestOf(uids: readonly string[]): string {
  return createHash('sha256')
    .update([...uids].sort().join('\n'))
    .digest('hex');
}
