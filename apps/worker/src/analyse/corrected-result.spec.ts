import { parseKeySlices, type StudyFindings } from '@endplate/findings';
import { loadFonts } from '@endplate/platform';
import { correctionKey, findingsKey, keySlicesKey } from '@endplate/store';
import { reportRenderer } from '../artefact/report-renderer';
import { knownAnalyser } from '../fixture/known-result';
import { storedVersion, type StoredVersion } from '../fixture/stored-version';
import { AnalyseVersion } from './analyse-version';
import { type CorrectionReason } from './corrected-result';
import { type VersionManifest } from './version-manifest.port';

const SHA = 'c'.repeat(64);
const CORRECTION: CorrectionReason = {
  ...{ kind: 'correction', authorRole: 'radiologist', sha256: SHA },
  changed: ['modic of L4-inferior'],
};
const never = new AbortController().signal;

let version: StoredVersion;
beforeEach(async () => {
  version = await storedVersion([{}, {}, {}]);
});
afterEach(() => version.remove());

/** Version 1 is the program's, 2 a reader's correction of it, 3 the program's again. */
async function run(number: number): Promise<StudyFindings> {
  const later = (n: number): VersionManifest => ({
    ...version.manifest,
    createdAt: `2026-11-2${n + 3}T10:00:00.000Z`,
    predecessorVersion: n - 1,
    ...(n === 2 ? { reason: CORRECTION } : {}),
  });
  const useCase = new AnalyseVersion({
    store: version.store,
    manifests: { read: (_, n) => Promise.resolve(n === 1 ? version.manifest : later(n)) },
    analyser: knownAnalyser(),
    renderer: reportRenderer({ profiles: ['comprehensive-3d'], kinds: ['seg', 'ko'], fonts: await loadFonts() }),
    jobs: { deliver: () => Promise.resolve('added') },
    destinations: ['pacs'],
    notify: () => undefined,
  });
  await useCase.run({ studyInstanceUID: version.studyInstanceUID, version: number }, never);
  const bytes = await version.store.get(findingsKey(version.studyInstanceUID, number));
  return JSON.parse(bytes.toString()) as StudyFindings;
}

async function correct(findings: StudyFindings): Promise<void> {
  const corrected = { ...findings, remarks: ['The reader saw it otherwise.'] };
  await version.store.put(correctionKey(version.studyInstanceUID, SHA), Buffer.from(JSON.stringify(corrected)));
}

describe("a version of a reader's findings", () => {
  it('has his findings under its own number, says whose they are, and gets a valid report', async () => {
    const first = await run(1);
    await correct(first);
    const second = await run(2);
    expect(second).toMatchObject({
      ...{ version: 2, predecessorVersion: 1, createdAt: '2026-11-25T10:00:00.000Z' },
      correction: { authorRole: 'radiologist', changed: ['modic of L4-inferior'] },
      discs: first.discs,
      remarks: [
        'The reader saw it otherwise.',
        "Corrected by a radiologist after version 1: modic of L4-inferior. Everything else is the program's.",
      ],
    });
    const names = [...(await version.objects()).keys()].filter((key) => key.startsWith('versions/2/'));
    expect(names.sort()).toEqual([
      'versions/2/findings.json',
      'versions/2/key-images/01-overview.png',
      'versions/2/key-slices.json',
      'versions/2/reports/ko-findings.dcm',
      'versions/2/reports/report.fhir.json',
      'versions/2/reports/report.hl7',
      'versions/2/reports/sc-01-overview.dcm',
      'versions/2/reports/sr-comprehensive-3d.dcm',
    ]);
    expect(await run(1)).toEqual(first);
  });

  it("has the pictures of the version that was read, drawn anew with the reader's names", async () => {
    const first = await run(1);
    await correct({ ...first, discs: first.discs.map((disc) => ({ ...disc, level: 'L4/L5' })) });
    await run(2);
    const objects = await version.objects();
    const [before, after] = [1, 2].map((n) => objects.get(`versions/${n}/key-images/01-overview.png`)!);
    expect(after).not.toEqual(before);
    // What is kept is what the program saw: a correction of the correction begins there.
    const [of1, of2] = [1, 2].map((n) => parseKeySlices(objects.get(`versions/${n}/key-slices.json`)!.toString()));
    expect(of2).toEqual({ ...of1, version: 2 });
  });

  it('has no pictures where the version that was read kept no slices', async () => {
    await correct(await run(1));
    await version.store.delete(keySlicesKey(version.studyInstanceUID, 1));
    await run(2);
    const names = [...(await version.objects()).keys()].filter((key) => key.startsWith('versions/2/key-images'));
    expect(names).toEqual([]);
  });

  it('is not passed over in silence by the version that follows', async () => {
    await correct(await run(1));
    await run(2);
    expect((await run(3)).remarks).toContain(
      'Version 2 was corrected by a radiologist; this version was measured anew and does not hold that correction.',
    );
  });

  it('is refused for good where the correction is none', async () => {
    await version.store.put(correctionKey(version.studyInstanceUID, SHA), Buffer.from('{}'));
    await expect(run(2)).rejects.toMatchObject({ code: 'WORKER_CORRECTION_INVALID', retryable: false });
  });
});
