import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readPart10, Tag, type UID } from '@endplate/dicom';
import { type InstanceHeader, readInstanceHeader } from '@endplate/imaging';
import { analyseStudy, type KernelResult, openSegmenter, type SpineSegmenter } from '@endplate/kernel';
import { phantomStudy } from '@endplate/phantom';
import { loadFonts, SHIPPED_MODEL } from '@endplate/platform';
import {
  readSourceAttributes,
  type RenderedReport,
  renderFhirBundle,
  renderReports,
  type ReportContext,
  type FontSet,
  segmentationReference,
} from '@endplate/reporting';

/*
 * Draws many small phantom studies, analyses them with the shipped network and writes every object of each:
 *   node dist/test/builders/phantom-objects.js OUT FROM TO
 *   node dist/test/builders/phantom-objects.js OUT real FOLDER…      the same of studies on disk
 * It ends with one line of JSON: what was written, by study.
 */

interface StudyBytes {
  readonly studyInstanceUID: string;
  instances(): Iterable<{ readonly bytes: Buffer }>;
}

interface Case {
  readonly name: string;
  readonly study: () => Promise<StudyBytes>;
}

/** Names that character sets and components make hard. */
const NAMES = [
  'Doe^Jane',
  'Yamada^Tarou=山田^太郎=やまだ^たろう',
  'Hong^Gildong=洪^吉洞=홍^길동',
  'Διονυσιος',
  'Люкceмбypг',
  'Äneas^Rüdiger^^Dr.^MD',
  "O'Neil^Seán",
];
const SMALL_CT = { matrix: 96, pixelMm: 1.1, sliceThicknessMm: 3, spacingMm: 3 } as const;
const SMALL_MR = { matrix: 160, pixelMm: 1.2, slices: 7 } as const;

/** What was written of one study. */
export interface WrittenStudy {
  readonly name: string;
  readonly analysed: boolean;
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

async function main([out = 'demo-output/objects', from = '0', ...rest]: readonly string[]): Promise<void> {
  const segmenter = await shippedSegmenter();
  const fonts = await loadFonts();
  const studies: WrittenStudy[] = [];
  const cases = from === 'real' ? rest.map(onDisk) : drawn(Number(from), Number(rest[0] ?? '60'));
  for (const [n, { name, study }] of cases.entries()) {
    const { result, source, headers } = await analyse(await study(), segmenter);
    const folder = path.join(out, name);
    await mkdir(folder, { recursive: true });
    const context: ReportContext = {
      source: { ...source, PatientName: NAMES[n % NAMES.length]! },
      manufacturer: 'Endplate',
      manufacturerModelName: 'Endplate',
      softwareVersion: '0.1.0',
      destinationProfile: 'any',
    };
    const objects = objectsOf(n, result, context, fonts);
    for (const { name, bytes } of objects) await writeFile(path.join(folder, `${name}.dcm`), bytes);
    const fhir = renderFhirBundle(result.findings, context);
    if (fhir) await writeFile(path.join(folder, 'report.fhir.json'), fhir);
    await writeFile(path.join(folder, 'images.json'), JSON.stringify(headers.map(imagePlane)));
    await writeFile(path.join(folder, 'findings.json'), JSON.stringify(result.findings));
    studies.push({
      name: path.basename(folder),
      analysed: result.findings.outcome.status === 'analysed',
      files: objects.map(({ name }) => path.join(folder, `${name}.dcm`)),
      problems: objects.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
    });
    process.stderr.write(`\rstudy ${n + 1} of ${cases.length}`);
  }
  process.stderr.write('\n');
  await segmenter.close();
  process.stdout.write(`${JSON.stringify(studies)}\n`);
}

/** All kinds; each profile of the report in turn with segments and with outlines alone. */
function objectsOf(n: number, result: KernelResult, context: ReportContext, fonts: FontSet): RenderedReport[] {
  const [source] = result.labelMaps;
  const segmentation = source && segmentationReference(result.findings, source, context);
  const objects: RenderedReport[] = [];
  for (const [p, profile] of (['comprehensive-3d', 'comprehensive', 'enhanced'] as const).entries()) {
    const segments = segmentation && (n + p) % 3 !== 0 ? { segmentation } : {};
    objects.push(...renderReports(result, context, { profiles: [profile], kinds: [], ...segments }));
  }
  const kinds = ['sc', 'seg', 'gsps', 'pdf', 'ko'] as const;
  return [...objects, ...renderReports(result, context, { profiles: [], kinds, fonts })];
}

/** Studies by the number of their seed. */
function drawn(from: number, to: number): Case[] {
  return Array.from({ length: to - from }, (_, at) => from + at).map((n) => ({
    name: String(n).padStart(2, '0'),
    study: () => Promise.resolve(n % 2 === 0 ? ct(n) : mr(n)),
  }));
}

/** The DICOM files below a folder. */
function onDisk(folder: string): Case {
  const study = async (): Promise<StudyBytes> => {
    const names = await readdir(folder, { recursive: true });
    const files = names.filter((name) => name.endsWith('.dcm')).sort();
    const all = await Promise.all(files.map(async (name) => ({ bytes: await readFile(path.join(folder, name)) })));
    const { dataSet } = readPart10(all[0]!.bytes, { untilTag: Tag.SeriesInstanceUID });
    return { studyInstanceUID: dataSet.string(Tag.StudyInstanceUID)!, instances: () => all };
  };
  return { name: path.basename(folder), study };
}

/** What a viewer knows of an image. */
function imagePlane(header: InstanceHeader) {
  const { sopClassUID, sopInstanceUID, seriesInstanceUID, studyInstanceUID, frameOfReferenceUID } = header;
  const { rows, columns, pixelSpacing, imageOrientationPatient, imagePositionPatient, modality } = header;
  return { sopClassUID, sopInstanceUID, seriesInstanceUID, studyInstanceUID, frameOfReferenceUID, modality, rows, columns, pixelSpacing, imageOrientationPatient, imagePositionPatient }; // prettier-ignore
}

/** Lumbar counts, lesions and metal in turn, so that abstention and ordinal levels come up too. */
function ct(n: number) {
  const seed = 700_000 + n;
  return phantomStudy({ kind: 'ct', seed, ...SMALL_CT, calcification: n % 4 === 0, metal: n % 12 === 10 });
}

function mr(n: number) {
  return phantomStudy({ kind: 'mr', seed: 700_000 + n, ...SMALL_MR, modic: n % 4 === 1, metal: n % 12 === 11 });
}

async function analyse(
  study: StudyBytes,
  segmenter: SpineSegmenter,
): Promise<{ result: KernelResult; source: ReportContext['source']; headers: readonly InstanceHeader[] }> {
  const files = new Map<UID, Buffer>();
  const headers: InstanceHeader[] = [];
  for (const { bytes } of study.instances()) {
    const header = readInstanceHeader(readPart10(bytes).dataSet);
    files.set(header.sopInstanceUID, bytes);
    headers.push(header);
  }
  const input = {
    studyInstanceUID: study.studyInstanceUID,
    version: 1,
    digest: 'a'.repeat(64),
    createdAt: '2026-01-01T12:00:00Z',
    headers,
    readInstance: (uid: UID) => Promise.resolve(files.get(uid)!),
  };
  const result = await analyseStudy(input, { segmenter, software: { name: 'Endplate', version: '0.1.0' } });
  return { result, headers, source: readSourceAttributes(readPart10([...files.values()][0]!).dataSet) };
}

async function shippedSegmenter(): Promise<SpineSegmenter> {
  const folder = path.resolve(__dirname, '../../../models', SHIPPED_MODEL);
  return openSegmenter((file) => readFile(path.join(folder, file)), { intraOpThreads: 1 });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
