import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readPart10 } from '@endplate/dicom';
import { encodeKeySlices } from '@endplate/findings';
import { type KernelResult } from '@endplate/kernel';
import { loadFonts } from '@endplate/platform';
import {
  readSourceAttributes,
  renderFhirBundle,
  type RenderedReport,
  type RenderOptions,
  renderReports,
  renderResultMessage,
  type ReportContext,
  type ReportLanguage,
  segmentationReference,
} from '@endplate/reporting';
import { CliError } from '../errors';
import { type FolderStudy } from '../folder/find-instances';

/**
 * Writes everything that a destination could get of an analysed study: the report as `sr.dcm`, each other object under its
 * name, key images also as PNG, the report as FHIR and HL7, and `key-slices.json` for `endplate render`.
 *
 * @returns names of the files, relative to `out`
 * @throws CLI_FAILED when an object does not pass our own check; it is not written
 */
export async function writeObjects(
  study: FolderStudy,
  result: KernelResult,
  out: string,
  language: ReportLanguage,
): Promise<string[]> {
  const { findings, keySlices } = result;
  const files: string[] = [];
  const write = async (name: string, content: string | Buffer): Promise<void> => {
    await mkdir(path.dirname(path.join(out, name)), { recursive: true });
    await writeFile(path.join(out, name), content);
    files.push(name);
  };
  const context = await contextOf(study, result, language);
  const [source] = result.labelMaps;
  const segmentation = source && segmentationReference(findings, source, context);
  const options: RenderOptions = {
    profiles: ['comprehensive-3d'],
    ...(segmentation ? { segmentation } : {}),
    kinds: ['sc', 'seg', 'gsps', 'pdf', 'ko'],
    fonts: await loadFonts(),
  };
  for (const object of renderReports(result, context, options)) {
    if (object.problems.length > 0)
      throw new CliError('CLI_FAILED', `${object.name} breaks our own check: ${object.problems.join('; ')}`);
    await write(fileName(object), object.bytes);
    if (object.png) await write(`key-images/${object.name.replace(/^sc-/, '')}.png`, object.png);
  }
  const messages = { 'report.fhir.json': renderFhirBundle, 'report.hl7': renderResultMessage };
  for (const [name, render] of Object.entries(messages)) {
    const bytes = render(findings, context);
    if (bytes) await write(name, bytes);
  }
  const { studyInstanceUID, version } = findings;
  await write('key-slices.json', encodeKeySlices({ studyInstanceUID, version, slices: keySlices }));
  return files;
}

/** One report is asked for, so its profile need not be told apart. */
function fileName({ kind, name }: RenderedReport): string {
  return kind === 'sr' ? 'sr.dcm' : `${name}.dcm`;
}

async function contextOf(
  study: FolderStudy,
  { findings }: KernelResult,
  language: ReportLanguage,
): Promise<ReportContext> {
  const { dataSet } = readPart10(await readFile(study.instances[0]!.file));
  return {
    source: readSourceAttributes(dataSet),
    manufacturer: 'Endplate',
    manufacturerModelName: 'Endplate',
    softwareVersion: findings.software.version,
    destinationProfile: 'folder',
    language,
  };
}
