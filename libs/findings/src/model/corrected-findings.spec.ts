import { type FindingEdits, findingEditsSchema, editFindings } from './corrected-findings';
import { correctKeySlices } from './corrected-key-slices';
import { type KeyOutline, type KeyOutlineKind, type KeySlice } from './key-slice';
import { readerStudy } from '../testing/reader-study';

const edit = (edits: Partial<FindingEdits>) => editFindings(readerStudy(), { discs: [], endplates: [], ...edits });

describe("a reader's edits of findings", () => {
  it('take a calcification away, with everything that was measured of it', () => {
    const { findings, problems } = edit({ discs: [{ id: 'disc-1', calcification: 'absent' }] });
    expect(problems).toEqual([]);
    const { calcification } = findings.discs[0]!;
    expect(calcification).toMatchObject({
      status: 'assessed',
      value: { present: false, volumeMm3: 0, percentOfDisc: 0, islands: [], agatstonLike: 0, discVolumeMm3: 8000 },
      confidence: 1,
    });
    expect(calcification).not.toHaveProperty('value.maxHU');
    expect(findings.discs[1]).toEqual(readerStudy().discs[1]);
  });

  it('give a volume to a calcification that the program had not found', () => {
    const { findings } = edit({ discs: [{ id: 'disc-2', calcification: { volumeMm3: 80 } }] });
    expect(findings.discs[1]!.calcification).toMatchObject({
      value: { present: true, volumeMm3: 80, percentOfDisc: 1, islands: [] },
    });
  });

  it.each([
    ['1', ['Infection and tumour not excluded.', 'Focal marrow lesion, not Modic.']],
    ['2', ['Focal marrow lesion, not Modic.']],
    ['none', ['Focal marrow lesion, not Modic.']],
  ] as const)('call a Modic change type %s with the sentences that must stand beside it', (modic, caveats) => {
    const { findings } = edit({ endplates: [{ id: 'vertebra-1-inferior', modic }] });
    const { areaMm2, outlines } = { areaMm2: modic === 'none' ? 0 : 90, outlines: modic === 'none' ? [] : [{}] };
    expect(findings.endplates[0]!.modic).toMatchObject({ value: { type: modic, caveats, areaMm2, outlines } });
  });

  it('withhold what the reader judges not assessable', () => {
    const { findings } = edit({ endplates: [{ id: 'vertebra-1-inferior', modic: 'not-assessable' }] });
    expect(findings.endplates[0]!.modic).toMatchObject({ status: 'not-assessed' });
  });

  it('name what is not there and what was not assessed', () => {
    const discs = [
      { id: 'disc-3', calcification: 'absent' as const },
      { id: 'disc-9', calcification: 'absent' as const },
    ];
    expect(edit({ discs }).problems).toEqual([
      'disc-3 has no calcification to correct: it was not assessed',
      'there is no disc-9',
    ]);
  });

  it.each([
    [{ discs: [{ id: 'disc-1', calcification: 'perhaps' }] }],
    [{ discs: [{ id: 'disc-1', calcification: { volumeMm3: -1 } }] }],
    [{ endplates: [{ id: 'x', modic: '4' }] }],
    [{ remark: ' ' }],
    [{ level: 'L4' }],
  ])('are refused by the schema: %j', (edits) => {
    expect(findingEditsSchema.safeParse(edits).success).toBe(false);
  });
});

describe('key slices of corrected findings', () => {
  const box = (kind: KeyOutlineKind, findingId: string, top: number): KeyOutline => ({
    ...{ kind, findingId, label: 'old' },
    points: [[60, top], [100, top], [100, top + 10], [60, top + 10]],
  }); // prettier-ignore
  const slice = (kind: KeySlice['kind'], outlines: readonly KeyOutline[], discId?: string): KeySlice => ({
    ...{ kind, seriesInstanceUID: '1.2', reference: { sopClassUID: '1.2', sopInstanceUID: '1.3' }, sources: [] },
    ...(discId === undefined ? {} : { discId }),
    ...{ width: 200, height: 300, grey: Uint8Array.from({ length: 60_000 }, (_, n) => Math.floor(n / 200) % 256) },
    ...{ spacingMm: 0.6, outlines, caption: 'CT' },
  });
  const slices = [
    slice('overview', [box('disc', 'disc-1', 200), box('disc', 'disc-2', 100), box('calcification', 'disc-1', 202), box('modic-2', 'vertebra-1-inferior', 180)]),
    slice('disc', [box('disc', 'disc-1', 20), box('calcification', 'disc-1', 22)], 'disc-1'),
  ]; // prettier-ignore
  const drawn = ({ outlines }: KeySlice) => outlines.map(({ kind, label }) => `${kind} ${label}`);

  it('stay as they are where nothing was corrected, but for names', () => {
    const same = correctKeySlices(slices, readerStudy());
    expect(same.map(drawn)).toEqual([
      ['disc L5/S1', 'disc L4/L5', 'calcification 120 mm3', 'modic-2 old'],
      ['disc L5/S1', 'calcification 120 mm3'],
    ]);
    expect(same.map(({ grey }, n) => grey === slices[n]!.grey)).toEqual([true, true]);
  });

  it('draw what the reader called, in the colour of his type, and nothing that he called absent', () => {
    const { findings } = edit({
      discs: [{ id: 'disc-1', calcification: 'absent' }],
      endplates: [{ id: 'vertebra-1-inferior', modic: '1' }],
    });
    expect(correctKeySlices(slices, findings).map(drawn)).toEqual([
      ['disc L5/S1', 'disc L4/L5', 'modic-1 old'],
      // Still positive, for its endplate: the crop stays, without the calcification.
      ['disc L5/S1'],
    ]);
  });

  it('have no crop of a disc that is no longer positive, and one of the overview where it is for the reader alone', () => {
    const { findings } = edit({
      discs: [{ id: 'disc-1', calcification: 'absent' }, { id: 'disc-2', calcification: { volumeMm3: 80 } }],
      endplates: [{ id: 'vertebra-1-inferior', modic: 'none' }],
    }); // prettier-ignore
    const [, crop, ...rest] = correctKeySlices(slices, findings);
    expect(rest).toHaveLength(0);
    const { grey, outlines, ...shape } = crop!;
    // 72 x 54 mm around the disc, whose middle is at 80, 105 in pixels of 0.6 mm.
    expect(shape).toMatchObject({ kind: 'disc', discId: 'disc-2', width: 120, height: 90, spacingMm: 0.6 });
    expect(outlines).toMatchObject([{ kind: 'disc', findingId: 'disc-2', points: [[40, 40], [80, 40], [80, 50], [40, 50]] }]); // prettier-ignore
    expect([grey.length, grey[0], grey[120]]).toEqual([120 * 90, 60, 61]);
  });
});
