import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type DataSet, readFileMeta, readPart10, Tag } from '@endplate/dicom';
import { EDGE_CASES } from '../../libs/reporting/src/testing/edge-cases';
import { type WrittenStudy } from '../builders/phantom-objects';
import { endplate, ROOT } from '../servers/cli';
import { type Orthanc, startOrthanc } from '../servers/orthanc';

const run = promisify(execFile);
const BIG = { maxBuffer: 256 << 20 };
const COUNT = 60;
const SHARED = path.resolve(ROOT, '../shared/data');
/** Real studies of each modality, where they are. */
const REAL = ['real-ct/ct01', 'real-mr/mr01'].map((name) => path.join(SHARED, name)).filter(existsSync);
const PIXELMED = '/usr/share/java/pixelmed.jar';
/** Without these Java 17 stops its rules at the limits of XPath. */
const XPATH = ['xpathExprGrpLimit', 'xpathExprOpLimit', 'xpathTotalOpLimit'].map((name) => `-Djdk.xml.${name}=0`);
const KINDS = new Set(['sr', 'sc', 'seg', 'gsps', 'pdf', 'ko']);
const VIEWER_TOOL = 'Cornerstone3DTools@^0.1.0:PlanarFreehandROI';

/** What the viewer's adapters made of one study. */
interface ViewerReading {
  readonly reports: Readonly<
    Record<string, readonly { tool: string; trackingUID: string; points: number; closed: boolean; area: number; sites: string[] }[]>
  >; // prettier-ignore
  readonly segmentation?: { readonly labels: readonly string[]; readonly voxels: number };
}

/**
 * Sixty phantom studies through kernel and rendering, small so that they are quick: CT and MR in turn, with and without
 * lesions and metal, 4 to 6 lumbar vertebrae, names in many scripts; a real study of each modality; and findings that
 * reports have trouble with (`EDGE_CASES`).
 */
describe('every object of sixty phantom studies, real ones and edge cases is valid', () => {
  let folder: string;
  let studies: readonly WrittenStudy[];
  let edges: readonly WrittenStudy[];
  let files: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-validity-'));
    await run('npx', ['--no-install', 'swc', 'test/builders', '-d', 'dist', '-q'], { cwd: ROOT });
    const script = path.join(ROOT, 'dist/test/builders/phantom-objects.js');
    const parts = [
      ['0', String(COUNT / 2)],
      [String(COUNT / 2), String(COUNT)],
      ...(REAL.length > 0 ? [['real', ...REAL]] : []),
    ];
    const halves = parts.map(async (part) => {
      const { stdout } = await run(process.execPath, [script, folder, ...part], { cwd: ROOT, ...BIG });
      return JSON.parse(stdout) as WrittenStudy[];
    }); // prettier-ignore
    const edge = path.join(ROOT, 'dist/test/builders/edge-objects.js');
    const { stdout } = await run(process.execPath, [edge, folder], { cwd: ROOT, ...BIG });
    edges = JSON.parse(stdout) as WrittenStudy[];
    studies = [...(await Promise.all(halves)).flat(), ...edges];
    files = studies.flatMap((study) => study.files);
  }, 900_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has all kinds of objects, and our own check finds nothing', () => {
    expect(edges).toHaveLength(EDGE_CASES.length);
    expect(studies).toHaveLength(COUNT + REAL.length + edges.length);
    expect(studies.flatMap(({ problems }) => problems)).toEqual([]);
    expect(new Set(files.map(kindOf))).toEqual(KINDS);
    // Both ends are there: findings that are read and findings that are withheld.
    expect(studies.filter(({ analysed }) => analysed).length).toBeGreaterThan(COUNT / 2);
  });

  it('dciodvfy has no error', async () => {
    const script = 'for file; do echo "== $file"; dciodvfy "$file" 2>&1; done; true';
    const { stdout } = await run('sh', ['-c', script, 'sh', ...files], BIG);
    const seen = stdout.split('\n').filter((line) => line.startsWith('== '));
    expect(seen).toHaveLength(files.length);
    expect(errorsByFile(stdout)).toEqual([]);
  }, 600_000);

  const withPixelmed = existsSync(PIXELMED) ? it : it.skip;
  withPixelmed(
    'PixelMed finds TID 1500 without an error in every report',
    async () => {
      const reports = files.filter((file) => file.includes('/sr-'));
      const script = path.join(ROOT, 'test/builders/ValidateReports.java');
      const parts = [0, 1].map((part) => reports.filter((_, n) => n % 2 === part));
      const said = parts.map((part) => run('java', ['-Xmx1g', ...XPATH, '-cp', PIXELMED, script, ...part], BIG));
      const stdout = (await Promise.all(said)).map((one) => one.stdout).join('');
      expect(stdout.match(/Found Root Template TID_1500/g)).toHaveLength(reports.length);
      expect(stdout.match(/IOD validation complete/g)).toHaveLength(reports.length);
      expect(errorsByFile(stdout)).toEqual([]);
      expect(reports.length).toBeGreaterThanOrEqual(3 * COUNT);
    },
    900_000,
  );

  it('dsrdump reads every report and its tree', async () => {
    const reports = files.filter((file) => /\/(sr|ko)-/.test(file));
    // What is wrong with a document is a line of level W, E or F; two of them tell what DCMTK itself cannot check.
    const script = 'for file; do echo "== $file"; dsrdump "$file" 2>&1 >/dev/null; done; true';
    const { stdout } = await run('sh', ['-c', script, 'sh', ...reports], BIG);
    const complaints = stdout
      .split('\n')
      .filter(
        (line) =>
          /^[EF]:/.test(line) ||
          (line.startsWith('W:') && !line.includes('VR checker') && !line.includes('template constraints')),
      );
    expect(complaints).toEqual([]);
    expect(reports.length).toBeGreaterThan(COUNT);
  }, 300_000);

  it('dcmjs reads every object and writes the same elements', async () => {
    const script = path.join(ROOT, 'dist/test/builders/dcmjs-round-trip.js');
    const parts = [0, 1].map((part) => files.filter((_, n) => n % 2 === part));
    const changed = parts.map(async (part) => {
      const { stdout } = await run(process.execPath, [script, ...part], { cwd: ROOT, ...BIG });
      return JSON.parse(stdout) as string[];
    });
    expect((await Promise.all(changed)).flat()).toEqual([]);
  }, 300_000);

  it('a viewer on Cornerstone takes up every outline and every segment', async () => {
    const analysed = studies.filter((study) => study.files.length > 0).map(({ name }) => path.join(folder, name));
    const script = path.join(ROOT, 'test/builders/viewer-round-trip.mjs');
    const { stdout } = await run(process.execPath, [script, ...analysed], { cwd: ROOT, ...BIG });
    const readings = JSON.parse(stdout) as ViewerReading[];
    expect(readings).toHaveLength(analysed.length);
    let outlines = 0;
    for (const [n, { reports, segmentation }] of readings.entries()) {
      expect(Object.keys(reports)).toHaveLength(3);
      for (const [file, measurements] of Object.entries(reports)) {
        const wanted = drawnGroups(await readFile(path.join(analysed[n]!, file)));
        expect(measurements.map(({ trackingUID }) => trackingUID)).toEqual(wanted.map(({ trackingUID }) => trackingUID));
        expect(measurements.map(({ area }) => area)).toEqual(wanted.map(({ area }) => area));
        for (const { tool, points, closed, sites } of measurements) {
          expect({ tool, closed, sites: sites.length }).toEqual({ tool: 'PlanarFreehandROI', closed: true, sites: 1 });
          expect(points).toBeGreaterThan(2);
        }
        outlines += measurements.length;
      }
      const seg = path.join(analysed[n]!, 'seg-structures.dcm');
      if (!existsSync(seg)) continue;
      const { dataSet } = readPart10(await readFile(seg));
      const labels = dataSet.sequence(Tag.SegmentSequence).map((segment) => segment.string(Tag.SegmentLabel));
      expect(segmentation!.labels).toEqual(labels);
      expect(segmentation!.voxels).toBeGreaterThan(0);
    }
    expect(outlines).toBeGreaterThan(COUNT);
  }, 300_000); // prettier-ignore

  describe('in a real PACS', () => {
    let pacs: Orthanc;
    beforeAll(async () => {
      pacs = await startOrthanc();
    });
    afterAll(() => pacs?.stop());

    it.each([0, 1])(
      'Orthanc takes every kind of object of study %i and returns each data set byte for byte',
      async (n) => {
        const study = studies[n]!;
        expect(new Set(study.files.map(kindOf))).toEqual(KINDS);
        // By our own SCU, which sends the bytes as they are; storescu writes sequences anew.
        const to = `${pacs.aeTitle}@${pacs.host}:${pacs.dicomPort}`;
        expect(await endplate('send', path.join(folder, study.name), '--to', to)).toMatchObject({ code: 0 });
        const sent = new Map<string, Buffer>();
        let studyInstanceUID = '';
        for (const file of study.files) {
          const bytes = await readFile(file);
          const { meta, dataSetOffset } = readFileMeta(bytes);
          sent.set(meta.sopInstanceUID, bytes.subarray(dataSetOffset));
          studyInstanceUID = readPart10(bytes, { untilTag: Tag.SeriesInstanceUID }).dataSet.string(
            Tag.StudyInstanceUID,
          )!;
        }
        for (const id of await pacs.rest.findInstances(studyInstanceUID)) {
          const back = await pacs.rest.file(id);
          const { meta, dataSetOffset } = readFileMeta(back);
          expect(back.subarray(dataSetOffset).equals(sent.get(meta.sopInstanceUID)!)).toBe(true);
          sent.delete(meta.sopInstanceUID);
        }
        expect([...sent.keys()]).toEqual([]);
      },
    );
  });
});

/** `sr` of `…/sr-comprehensive.dcm`. */
function kindOf(file: string): string {
  return path.basename(file).split('-')[0]!;
}

/** Lines that begin with Error, each with its file. */
function errorsByFile(output: string): string[] {
  let file = '';
  return output.split('\n').flatMap((line) => {
    if (line.startsWith('== ')) file = path.basename(line.slice(3));
    return line.startsWith('Error') ? [`${file}: ${line}`] : [];
  });
}

/** Tracking UID and area of the groups that a viewer is to take up. */
function drawnGroups(bytes: Buffer): { trackingUID: string; area: number }[] {
  const { dataSet } = readPart10(bytes);
  const named = (item: DataSet, code: string): DataSet[] =>
    item
      .sequence(Tag.ContentSequence)
      .filter((child) => child.sequence(Tag.ConceptNameCodeSequence)[0]?.string(Tag.CodeValue) === code);
  const [measurements] = named(dataSet, '126010');
  return named(measurements!, '125007')
    .filter((group) => named(group, '112039')[0]!.string(Tag.TextValue) === VIEWER_TOOL)
    .map((group) => ({
      trackingUID: named(group, '112040')[0]!.string(Tag.UID)!,
      area: named(group, '42798000')[0]!.sequence(Tag.MeasuredValueSequence)[0]!.number(Tag.NumericValue)!,
    }));
}
