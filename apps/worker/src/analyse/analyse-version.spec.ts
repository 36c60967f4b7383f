import { readPart10, Tag } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { loadFonts } from '@endplate/platform';
import { findingsKey, instanceKey, reportKey } from '@endplate/store';
import { type FontSet } from '@endplate/reporting';
import { reportRenderer } from '../artefact/report-renderer';
import { type VersionRenderer } from '../artefact/version-renderer.port';
import { boundStore, dyingStore } from '../fixture/dying-store';
import { knownAnalyser } from '../fixture/known-result';
import { storedVersion, type StoredVersion } from '../fixture/stored-version';
import { AnalyseVersion, type AnalyseVersionPorts } from './analyse-version';
import { localAnalyser } from './local-analyser';
import { type WorkerEvent } from './worker-event';

const CT_IMAGES = [{}, {}, {}];
const never = new AbortController().signal;
/** A network for studies that never reach it. */
const unusedSegmenter = {
  model: { name: 'none', version: '0', sha256: '0'.repeat(64) },
  input: undefined as never,
  segment: () => Promise.reject(new Error('the gate let it through')),
  close: () => Promise.resolve(),
};

let fonts: FontSet;
beforeAll(async () => void (fonts = await loadFonts()));

let version: StoredVersion;
let delivered: string[];
let events: WorkerEvent[];
afterEach(() => version.remove());

async function set(images = CT_IMAGES as object[], ports: Partial<AnalyseVersionPorts> = {}) {
  version = await storedVersion(images as never);
  delivered = [];
  events = [];
  return useCase(ports);
}

function useCase(ports: Partial<AnalyseVersionPorts> = {}): AnalyseVersion {
  return new AnalyseVersion({
    store: version.store,
    manifests: version.manifests,
    analyser: knownAnalyser(),
    renderer: reportRenderer({ profiles: ['comprehensive-3d', 'comprehensive'], fonts }),
    jobs: {
      deliver: ({ destination }) => {
        delivered.push(destination);
        return Promise.resolve('added');
      },
    },
    destinations: ['pacs', 'archive'],
    notify: (event) => void events.push(event),
    ...ports,
  });
}

const name = () => ({ studyInstanceUID: version.studyInstanceUID, version: 1 });
const findings = async () =>
  JSON.parse((await version.store.get(findingsKey(version.studyInstanceUID, 1))).toString()) as StudyFindings;

describe('AnalyseVersion', () => {
  it('leaves findings, masks and one report per profile, and asks for one delivery per destination', async () => {
    const analyse = await set();
    await expect(analyse.run(name(), never)).resolves.toBe('analysed');
    const objects = await version.objects();
    const series = version.manifest.instances[0]!.seriesInstanceUID;
    expect([...objects.keys()].sort()).toEqual([
      'versions/1/findings.json',
      'versions/1/key-images/01-overview.png',
      'versions/1/key-slices.json',
      `versions/1/masks/${series}.classes.nii.gz`,
      `versions/1/masks/${series}.instances.json`,
      `versions/1/masks/${series}.instances.nii.gz`,
      'versions/1/reports/report.fhir.json',
      'versions/1/reports/report.hl7',
      'versions/1/reports/sc-01-overview.dcm',
      'versions/1/reports/sr-comprehensive-3d.dcm',
      'versions/1/reports/sr-comprehensive.dcm',
    ]);
    expect(events.filter(({ type }) => type === 'quarantined')).toEqual([]);
    const { dataSet } = readPart10(objects.get('versions/1/reports/sr-comprehensive.dcm')!);
    expect(dataSet.string(Tag.PatientID)).toBe('4711');
    expect(dataSet.string(Tag.StudyInstanceUID)).toBe(version.studyInstanceUID);
    expect(delivered).toEqual(['pacs', 'archive']);
    expect(events.map(({ type }) => type)).toEqual(['analysis-started', 'analysis-finished']);
  });

  it('does nothing twice but ask for the deliveries', async () => {
    const analyser = knownAnalyser();
    const analyse = await set(CT_IMAGES, { analyser });
    await analyse.run(name(), never);
    const before = await version.digests();
    await expect(analyse.run(name(), never)).resolves.toBe('present');
    expect(await version.digests()).toEqual(before);
    expect(analyser.runs).toBe(1);
    expect(delivered).toEqual(['pacs', 'archive', 'pacs', 'archive']);
  });

  it('ends with the same objects after being killed at any write', async () => {
    const analyse = await set();
    await analyse.run(name(), never);
    const expected = await version.digests();
    const writes = Object.keys(expected).length;
    await version.remove();
    for (let survived = 0; survived < writes; survived++) {
      version = await storedVersion(CT_IMAGES);
      await expect(useCase({ store: dyingStore(version.store, survived) }).run(name(), never)).rejects.toThrow(
        'killed',
      );
      await expect(useCase().run(name(), never)).resolves.toBe('analysed');
      expect(await version.digests()).toEqual(expected);
      if (survived < writes - 1) await version.remove();
    }
  });

  it('asks for the deliveries again when it was killed between findings and queue', async () => {
    const dead = { deliver: () => Promise.reject(new Error('killed')) };
    const analyse = await set(CT_IMAGES, { jobs: dead });
    await expect(analyse.run(name(), never)).rejects.toThrow('killed');
    await expect(useCase().run(name(), never)).resolves.toBe('present');
    expect(delivered).toEqual(['pacs', 'archive']);
  });

  it('removes what a run left that came to other objects', async () => {
    const analyse = await set();
    await version.store.put(reportKey(version.studyInstanceUID, 1, 'sr-of-an-older-program'), Buffer.from('x'));
    await analyse.run(name(), never);
    expect([...(await version.objects()).keys()].filter((key) => key.includes('older'))).toEqual([]);
  });

  it.each([
    ['without pixel data', { PixelData: undefined, Rows: undefined, Columns: undefined }, 'NO_PIXEL_DATA'],
    ['of a modality that is not measured', { Modality: 'CR' }, 'MODALITY_NOT_SUPPORTED'],
    ['of a localiser alone', { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }, 'LOCALISER_ONLY'],
  ])('marks a study %s as not analysed, and makes no report and no delivery', async (_, attributes, code) => {
    const analyser = localAnalyser(unusedSegmenter, { name: 'Endplate', version: '0' });
    const analyse = await set([attributes, attributes], { analyser });
    await expect(analyse.run(name(), never)).resolves.toBe('not-analysed');
    expect((await findings()).outcome).toMatchObject({ status: 'not-analysed', reason: { code } });
    expect([...(await version.objects()).keys()]).toEqual(['versions/1/findings.json']);
    expect(delivered).toEqual([]);
  });

  it('says what could not be read, and goes on without it', async () => {
    const analyse = await set();
    const broken = { studyInstanceUID: version.studyInstanceUID, ...version.manifest.instances[1]! };
    await version.store.put(instanceKey(broken), Buffer.from('no DICOM at all'));
    await analyse.run(name(), never);
    expect((await findings()).remarks).toEqual([
      "1 of 3 instances can't be read and were left out (DICOM_PART10_INVALID: 1).",
    ]);
  });

  it('gives a reason when nothing can be read', async () => {
    const analyser = localAnalyser(unusedSegmenter, { name: 'Endplate', version: '0' });
    const analyse = await set(CT_IMAGES, { analyser });
    for (const one of version.manifest.instances) {
      const key = instanceKey({ studyInstanceUID: version.studyInstanceUID, ...one });
      await version.store.put(key, (await version.store.get(key)).subarray(0, 400));
    }
    await expect(analyse.run(name(), never)).resolves.toBe('not-analysed');
    expect((await findings()).outcome).toMatchObject({ reason: { code: 'PIXEL_DATA_UNREADABLE' } });
  });

  it('puts an object with problems aside, where it can be seen and is never sent from', async () => {
    const renderer: VersionRenderer = {
      render: () => [{ kind: 'dicom', name: 'sr-comprehensive', bytes: Buffer.from('x'), problems: ['no title'] }],
    };
    const analyse = await set(CT_IMAGES, { renderer });
    await analyse.run(name(), never);
    const objects = await version.objects();
    expect([...objects.keys()].filter((key) => key.includes('/reports/'))).toEqual([]);
    expect(JSON.parse(objects.get('versions/1/quarantine/sr-comprehensive.json')!.toString())).toEqual({
      object: 'sr-comprehensive',
      problems: ['no title'],
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'quarantined', object: 'sr-comprehensive' }));
  });

  it('keeps the findings when a report cannot be made, and says why', async () => {
    const renderer = reportRenderer({ profiles: ['comprehensive'], fonts });
    const analyser = knownAnalyser();
    const analyse = await set(CT_IMAGES, {
      renderer,
      analyser: {
        ...analyser,
        analyse: async (...given) => {
          const result = await analyser.analyse(...given);
          const elsewhere = { sopClassUID: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUID: '1.2.3' };
          const points: [number, number][] = [[1, 1], [5, 1], [5, 5]]; // prettier-ignore
          const outline = { pointsLps: [[0, 0, 0], [1, 0, 0], [1, 1, 0]] as [number, number, number][], image: { reference: elsewhere, points } }; // prettier-ignore
          const discs = result.findings.discs.map((disc) => ({ ...disc, outlines: [outline] }));
          return { ...result, findings: { ...result.findings, discs } };
        },
      },
    });
    await expect(analyse.run(name(), never)).resolves.toBe('analysed');
    const objects = await version.objects();
    expect([...objects.keys()].filter((key) => key.includes('/quarantine/'))).toEqual([
      'versions/1/quarantine/sr-comprehensive.json',
    ]);
    expect(objects.get('versions/1/quarantine/sr-comprehensive.json')!.toString()).toContain('REPORTING_');
    expect(objects.has('versions/1/findings.json')).toBe(true);
  });

  it('names the last version that was analysed as predecessor', async () => {
    await set();
    const { studyInstanceUID, manifest } = version;
    const manifests = {
      read: (_: string, n: number) => Promise.resolve({ ...manifest, ...(n > 1 ? { predecessorVersion: n - 1 } : {}) }),
    };
    const localiser = localAnalyser(unusedSegmenter, { name: 'Endplate', version: '0' });
    await useCase({ manifests }).run({ studyInstanceUID, version: 1 }, never);
    const empty = {
      read: async (study: string, n: number) => ({ ...(await manifests.read(study, n)), instances: [] }),
    };
    await useCase({ manifests: empty, analyser: localiser }).run({ studyInstanceUID, version: 2 }, never);
    await useCase({ manifests }).run({ studyInstanceUID, version: 3 }, never);
    const third = JSON.parse((await version.store.get(findingsKey(studyInstanceUID, 3))).toString()) as StudyFindings;
    expect(third.predecessorVersion).toBe(1);
  });

  it('writes nothing after it was told to stop', async () => {
    const controller = new AbortController();
    const analyse = await set(CT_IMAGES, {
      renderer: {
        render: () => {
          controller.abort(new Error('lock lost'));
          return [{ kind: 'png', name: 'overview', bytes: Buffer.from('x') }];
        },
      },
    });
    await expect(analyse.run(name(), controller.signal)).rejects.toThrow('lock lost');
    expect([...(await version.objects()).keys()].filter((key) => !key.includes('/masks/'))).toEqual([]);
  });

  it('waits for a version that has no manifest', async () => {
    const analyse = await set();
    await expect(analyse.run({ ...name(), version: 7 }, never)).rejects.toMatchObject({
      code: 'WORKER_VERSION_MISSING',
      retryable: true,
    });
  });

  it('does not judge a study while the store is away', async () => {
    const analyse = await set();
    const away = Object.assign(new Error('away'), { code: 'STORE_UNAVAILABLE', retryable: true });
    const store = { ...boundStore(version.store), getStream: () => Promise.reject(away) };
    await expect(useCase({ store }).run(name(), never)).rejects.toBe(away);
    await expect(analyse.run(name(), never)).resolves.toBe('analysed');
  });
});
