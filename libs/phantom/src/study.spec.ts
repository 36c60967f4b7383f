import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyAffine, readPart10, Tag } from '@endplate/dicom';
import { readNiftiLabels } from '@endplate/kernel';
import { encodeNiftiLabels, phantomStudy, type PhantomInstance, type PhantomStudyOptions } from './index';

const hasDciodvfy = spawnSync('dciodvfy', ['-version']).error === undefined;
if (!hasDciodvfy) console.warn('skipped: no dicom3tools (dciodvfy) on this machine');

const ct: PhantomStudyOptions = {
  kind: 'ct',
  seed: 7,
  matrix: 96,
  pixelMm: 1.5,
  spacingMm: 6,
  sliceThicknessMm: 3,
  calcification: true,
};
const mr: PhantomStudyOptions = { kind: 'mr', seed: 7, matrix: 128, pixelMm: 2.2, slices: 5, modic: true };

const numbers = (file: PhantomInstance, tag: Tag): number[] => readPart10(file.bytes).dataSet.numbers(tag);
const text = (file: PhantomInstance, tag: Tag): string | undefined => readPart10(file.bytes).dataSet.string(tag);

describe.each([
  ['CT', ct],
  ['MR', mr],
] as const)('a phantom %s study', (_, options) => {
  const study = phantomStudy(options);
  const files = [...study.instances()];

  test('is the same for the same options and another one for another seed', () => {
    const again = [...phantomStudy(options).instances()];
    expect(again.every((file, n) => file.bytes.equals(files[n]!.bytes))).toBe(true);
    expect(phantomStudy(options).truth).toEqual(study.truth);
    const other = phantomStudy({ ...options, seed: 8 });
    expect(other.studyInstanceUID).not.toBe(study.studyInstanceUID);
    expect(other.truth.discs).not.toEqual(study.truth.discs);
  });

  test('has one study, unique instances and equal steps between the slices of a series', () => {
    expect(files).toHaveLength(study.instanceCount);
    expect(new Set(files.map((file) => file.sopInstanceUID)).size).toBe(files.length);
    expect(new Set(files.map((file) => text(file, Tag.StudyInstanceUID)))).toEqual(new Set([study.studyInstanceUID]));
    expect(new Set(files.map((file) => text(file, Tag.FrameOfReferenceUID))).size).toBe(1);
    const axis = options.kind === 'ct' ? 2 : 0;
    for (const series of new Set(files.map((file) => file.series))) {
      const at = files
        .filter((file) => file.series === series)
        .map((file) => numbers(file, Tag.ImagePositionPatient)[axis]!);
      for (let n = 1; n < at.length; n++) expect(at[n]! - at[n - 1]!).toBeCloseTo(options.kind === 'ct' ? 6 : 4.4, 3);
    }
  });

  test('labels every vertebra and disc of the truth where the truth says it is', () => {
    for (const { bodies, discs } of study.labels()) {
      const volume = readNiftiLabels(encodeNiftiLabels(bodies));
      expect([...volume.dims]).toEqual([...bodies.dims]);
      const corner = applyAffine(volume.ijkToLps, [0, 0, 0]);
      const first = numbers(files[0]!, Tag.ImagePositionPatient);
      for (let n = 0; n < 3; n++) expect(corner[n]).toBeCloseTo(first[n]!, 3);
      const count = (data: ArrayLike<number>, value: number): number =>
        Array.prototype.filter.call(data, (v: number) => v === value).length;
      for (const vertebra of study.truth.vertebrae) expect(count(volume.data, vertebra.instance)).toBeGreaterThan(20);
      expect(study.truth.discs.filter((disc) => count(discs.data, disc.instance) > 0).length).toBeGreaterThanOrEqual(5);
    }
  });

  (hasDciodvfy ? test : test.skip)('passes dciodvfy', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'endplate-phantom-'));
    try {
      for (const file of [files[0]!, files[files.length - 1]!]) {
        const name = path.join(folder, 'image.dcm');
        writeFileSync(name, file.bytes);
        expect(execFileSync('sh', ['-c', 'dciodvfy "$1" 2>&1', 'sh', name], { encoding: 'utf8' })).not.toMatch(
          /error/i,
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('a CT with calcification asked for says where it lies; one without has none', () => {
  const withSome = phantomStudy(ct).truth.discs.flatMap((disc) => disc.calcifications);
  const without = phantomStudy({ ...ct, calcification: false }).truth.discs.flatMap((disc) => disc.calcifications);
  expect(withSome.length).toBeGreaterThan(0);
  for (const lesion of withSome) expect(lesion.volumeMm3).toBeGreaterThan(0);
  expect(without).toEqual([]);
});

test('an MR with Modic changes asked for has them, and none without', () => {
  const types = (modic: boolean): string[] =>
    [1, 2, 3].flatMap((seed) => phantomStudy({ ...mr, seed, modic }).truth.endplates.map((endplate) => endplate.modic));
  expect(types(true).some((type) => type !== 'none')).toBe(true);
  expect(types(false).every((type) => type === 'none')).toBe(true);
});

test('options that cannot be drawn are refused with their name and range', () => {
  expect(() => phantomStudy({ kind: 'ct', seed: 1, matrix: 20_000 })).toThrow(
    expect.objectContaining({ code: 'PHANTOM_OPTION_INVALID' }) as Error,
  );
  expect(() => phantomStudy({ kind: 'mr', seed: 1, spacingMm: Number.NaN })).toThrow(/spacingMm/);
});
