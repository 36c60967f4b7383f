import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPart10 } from '@endplate/dicom';
import { studyFindingsSchema } from '@endplate/findings';
import { readInstanceHeader, type InstanceHeader } from '@endplate/imaging';
import { analyseStudy } from './analyse';
import { evaluateCase, type CaseEvaluation } from './evaluate/evaluate-case';
import { readNiftiLabels } from './evaluate/nifti';
import { parseModelBundle } from './segment/model-bundle';
import { createOnnxSegmenter } from './segment/onnx/onnx-segmenter';
import { type SpineSegmenter } from './segment/segmenter.port';
import { type KernelResult } from './study-input';

const DATA = resolve(__dirname, '../../../../shared/data/real-mr');
const MODEL = resolve(__dirname, '../../../models/spine-seg');
const haveData = existsSync(DATA);
const haveModel = existsSync(join(MODEL, 'bundle.json'));

function dicomFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => join(dir, name));
}

async function analyseFolder(dir: string, segmenter: SpineSegmenter): Promise<KernelResult> {
  const files = new Map<string, string>();
  const headers: InstanceHeader[] = dicomFiles(dir).map((file) => {
    const header = readInstanceHeader(readPart10(readFileSync(file)).dataSet);
    files.set(header.sopInstanceUID, file);
    return header;
  });
  return analyseStudy(
    {
      studyInstanceUID: headers[0]!.studyInstanceUID,
      version: 1,
      digest: 'd',
      createdAt: '2026-01-02T03:04:05Z',
      headers,
      readInstance: (uid) => Promise.resolve(readFileSync(files.get(uid)!)),
    },
    { segmenter, software: { name: 'Endplate', version: '0.1.0' } },
  );
}

function evaluateFolder(dir: string, result: KernelResult): CaseEvaluation[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.nii.gz'))
    .map((name) => evaluateCase(readNiftiLabels(readFileSync(join(dir, name))), result.labelMaps));
}

const why = [haveData ? '' : 'skipped: no ../shared/data', haveModel ? '' : 'skipped: no models/spine-seg'].filter(
  Boolean,
);

(why.length > 0 ? describe.skip : describe)(`real MR with the shipped network ${why.join(', ')}`, () => {
  let segmenter: SpineSegmenter;
  beforeAll(async () => {
    const bundle = parseModelBundle(JSON.parse(readFileSync(join(MODEL, 'bundle.json'), 'utf8')));
    segmenter = await createOnnxSegmenter(bundle, readFileSync(join(MODEL, bundle.file)), { intraOpThreads: 2 });
  });
  afterAll(() => segmenter.close());

  it('finds bodies on a T1 and T2 pair, in order, none outside the spine', async () => {
    const result = await analyseFolder(join(DATA, 'mr01'), segmenter);
    studyFindingsSchema.parse(result.findings);
    expect(result.findings.series.map((s) => s.role).sort()).toEqual(['mr-t1', 'mr-t2']);
    for (const score of evaluateFolder(join(DATA, 'mr01'), result)) {
      expect(score).toMatchObject({ structure: 'body', falseInstances: 0, orderCorrect: true });
      expect(score.detection).toBeGreaterThan(0.85);
      expect(score.dice).toBeGreaterThan(0.7);
    }
  });

  it('finds discs on a narrow T2', async () => {
    const result = await analyseFolder(join(DATA, 'mr11'), segmenter);
    const [score] = evaluateFolder(join(DATA, 'mr11'), result);
    expect(score).toMatchObject({ structure: 'disc', detection: 1, orderCorrect: true });
    expect(score!.dice).toBeGreaterThan(0.55);
  });

  it('calls the endplates of a healthy pair of mid-lumbar vertebrae unchanged', async () => {
    const { findings } = await analyseFolder(join(DATA, 'mr01'), segmenter);
    const typed = findings.endplates.flatMap((e) => (e.modic.status === 'assessed' ? [e.modic.value.type] : []));
    expect(typed.length).toBeGreaterThan(8);
    expect(typed.filter((type) => type === '1' || type === '2').length).toBeLessThanOrEqual(2);
  });
});
