import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { assessed, type KeySlice, notAssessed } from '@endplate/findings';
import { someCalcification, someFindings, someModic } from '../testing/some-findings';
import { findingRows } from './finding-rows';
import { reportText } from '../text/report-text';
import { fitText, wrapText } from './fit-text';
import { renderReportPage } from './report-page';

const FONTS = {
  regular: readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')),
  bold: readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')),
};
/** One unit per letter. */
const LETTERS = { measureText: (text: string) => ({ width: [...text].length }) };

function slices(findings: ReturnType<typeof built>): KeySlice[] {
  const { seriesInstanceUID, instances } = findings.series[0]!;
  const slice = { seriesInstanceUID, reference: instances[0]!, sources: [], width: 60, height: 90, spacingMm: 1, outlines: [] };
  const grey = Uint8Array.from({ length: 60 * 90 }, (_, n) => (n * 7) % 256);
  return [
    { ...slice, kind: 'overview', grey, caption: 'CT' },
    { ...slice, kind: 'disc', discId: 'disc-1', grey, caption: 'CT' },
  ];
} // prettier-ignore

function built() {
  return someFindings()
    .withDiscs(2)
    .withDisc({ calcification: notAssessed('METAL', 'Metal.') })
    .build();
}

describe('the page', () => {
  it('is one page of PDF with pictures and text, and the same each time', () => {
    const findings = built();
    const page = renderReportPage(findings, slices(findings), FONTS);
    const text = page.toString('latin1');
    expect(text.startsWith('%PDF-')).toBe(true);
    expect(text.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    expect(text.match(/\/Subtype\s*\/Image/g)?.length).toBeGreaterThanOrEqual(2);
    expect(showOperators(page)).toBeGreaterThan(15);
    expect(renderReportPage(findings, slices(findings), FONTS).equals(page)).toBe(true);
  });

  it.each([0, 1, 25])('holds %i discs without a picture', (count) => {
    expect(renderReportPage(someFindings().withDiscs(count).build(), [], FONTS).length).toBeGreaterThan(1000);
  });
});

describe('the rows', () => {
  it('go from cranial to caudal and say what was found, and why something was not', () => {
    const findings = someFindings()
      .withDisc({ calcification: assessed(someCalcification({ present: false, islands: [] }), 0.9) })
      .withDisc()
      .withDisc({ calcification: notAssessed('METAL', 'Metal.'), heights: notAssessed('METAL', 'Metal.') })
      .build();
    expect(findingRows(findings, 'CT', reportText())).toEqual([
      { level: 'L3/L4', finding: 'not assessed: metal', detail: '', heights: 'not assessed', positive: false },
      { level: 'L4/L5', finding: 'calcification', detail: '42 mm³, 0.4 %, mean 312 HU', heights: '11.2 / 9.4 / 6.1', positive: true },
      { level: 'L5/S1', finding: 'no calcification', detail: '1.4 mm would have shown', heights: '11.2 / 9.4 / 6.1', positive: false },
    ]); // prettier-ignore
  });

  it('name the endplates of each Modic type', () => {
    const findings = someFindings('MR')
      .withDisc()
      .withEndplate(assessed(someModic({ type: '3-possible' }), 0.8))
      .withEndplate(assessed(someModic({ type: '3-possible' }), 0.8))
      .build();
    const [row] = findingRows(findings, 'MR', reportText());
    expect(row).toMatchObject({
      finding: 'Modic 3 (possible): S1 superior, L5 inferior',
      detail: 'Pfirrmann-like 3',
      positive: true,
    });
  });
});

describe('text that has to fit', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['abc defg', 5, 'abc…'],
  ])('%s in %i', (text, width, expected) => expect(fitText(LETTERS, text, width)).toBe(expected));

  it('breaks between words', () => {
    expect(wrapText(LETTERS, 'one two three overlongword x', 8)).toEqual(['one two', 'three', 'overlon…', 'x']);
  });
});

/** How often text is shown, in all content streams. */
function showOperators(page: Buffer): number {
  let count = 0;
  for (let at = page.indexOf('stream\n'); at >= 0; at = page.indexOf('stream\n', at + 7)) {
    try {
      count += (
        inflateSync(page.subarray(at + 7))
          .toString('latin1')
          .match(/T[jJ]\b/g) ?? []
      ).length;
    } catch {
      // Not a deflated stream.
    }
  }
  return count;
}
