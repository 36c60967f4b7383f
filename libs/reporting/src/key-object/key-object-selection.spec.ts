import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPart10, Tag } from '@endplate/dicom';
import { type KeySlice, type StudyFindings } from '@endplate/findings';
import { someContext, someFindings } from '../testing/some-findings';
import { renderKeyObjectSelection } from './key-object-selection';

const hasDciodvfy = spawnSync('which', ['dciodvfy']).status === 0;

/** Key slices on the images of these places in the first series. */
function slicesOn(findings: StudyFindings, places: readonly number[]): KeySlice[] {
  const { seriesInstanceUID, instances } = findings.series[0]!;
  return places.map((place, n) => ({
    kind: n === 0 ? 'overview' : 'disc',
    ...(n === 0 ? {} : { discId: `disc-${n}` }),
    seriesInstanceUID,
    reference: instances[place]!,
    sources: [],
    ...{ width: 1, height: 1, grey: Uint8Array.of(0), spacingMm: 1, outlines: [], caption: 'CT' },
  }));
}

describe('key object selection', () => {
  const findings = someFindings('CT').withDiscs(2).build();
  const bytes = renderKeyObjectSelection(findings, slicesOn(findings, [12, 9, 12]), someContext());

  it('names each image once, in its content and as evidence', () => {
    const { dataSet } = readPart10(bytes);
    const uid = (place: number) => findings.series[0]!.instances[place]!.sopInstanceUID;
    const images = dataSet
      .sequence(Tag.ContentSequence)
      .flatMap((item) => item.sequence(Tag.ReferencedSOPSequence))
      .map((item) => item.string(Tag.ReferencedSOPInstanceUID));
    expect(images).toEqual([uid(12), uid(9)]);
    const [study] = dataSet.sequence(Tag.CurrentRequestedProcedureEvidenceSequence);
    const [series] = study!.sequence(Tag.ReferencedSeriesSequence);
    const evidence = series!.sequence(Tag.ReferencedSOPSequence).map((i) => i.string(Tag.ReferencedSOPInstanceUID));
    expect(evidence.sort()).toEqual([uid(9), uid(12)].sort());
    expect(dataSet.sequence(Tag.ConceptNameCodeSequence)[0]!.string(Tag.CodeValue)).toBe('113000');
  });

  it('is not made without a key slice, and is the same each time', () => {
    expect(() => renderKeyObjectSelection(findings, [], someContext())).toThrow('no key slice');
    const again = renderKeyObjectSelection(findings, slicesOn(findings, [12, 9, 12]), someContext());
    expect(again.equals(bytes)).toBe(true);
  });

  (hasDciodvfy ? it : it.skip)('dciodvfy has no error', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'endplate-ko-'));
    const file = path.join(folder, 'ko.dcm');
    writeFileSync(file, bytes);
    const text = execFileSync('sh', ['-c', 'dciodvfy "$1" 2>&1 || true', 'sh', file]).toString();
    rmSync(folder, { recursive: true });
    expect(text).toContain('KeyObjectSelectionDocument');
    expect(text.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
  });
});
