import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { REASON_CODES } from '@endplate/findings';
import { loadFonts } from '@endplate/platform';
import { fitFont } from '../capture/fit-font';
import { type FontFamilies, fontFamilies } from '../capture/font-set';
import { wrapText } from '../pdf/fit-text';
import { REPORT_LANGUAGES } from './language';
import { CATALOGUE, reportText } from './report-text';

const SIZE = 24;
/** What a Latin font draws for a character that it lacks: here one that no font has. */
const NO_CHARACTER = '\u{10fffd}';

let families: FontFamilies;
let context: SKRSContext2D;
beforeAll(async () => {
  families = fontFamilies(await loadFonts());
  context = createCanvas(2 * SIZE, 2 * SIZE).getContext('2d');
});

/** The pixels of one character, drawn with the registered fonts. */
function drawn(character: string, family: string): string {
  context.fillStyle = 'white';
  context.fillRect(0, 0, 2 * SIZE, 2 * SIZE);
  context.fillStyle = 'black';
  context.font = `${SIZE}px ${family}`;
  context.fillText(character, 4, SIZE + 6);
  return Buffer.from(context.getImageData(0, 0, 2 * SIZE, 2 * SIZE).data).toString('base64');
}

/** Characters of a text that are drawn as a box, or not at all. */
function withoutGlyph(text: string, family: string): string[] {
  const nothing = [drawn(NO_CHARACTER, family), drawn(' ', family)];
  return [...new Set(text.replace(/\s/g, ''))].filter((character) => nothing.includes(drawn(character, family)));
}

describe('glyphs', () => {
  it.each(REPORT_LANGUAGES)('are there for everything that is said in %s, in both weights', (language) => {
    const text = Object.values(CATALOGUE[language]).join('');
    for (const family of [families.regular, families.bold]) expect(withoutGlyph(text, family)).toEqual([]);
  });

  it.each(['Παπαδόπουλος Ελένη', 'Иванова Анна Ёлкина', '张伟王秀英', 'Ołówkiewicz Żaneta', 'Đặng Thị Hương'])(
    'are there for the letters of %s',
    (name) => {
      for (const family of [families.regular, families.bold]) expect(withoutGlyph(name, family)).toEqual([]);
    },
  );

  it('are told from a box', () => {
    expect(withoutGlyph(`A${NO_CHARACTER}`, families.regular)).toEqual([NO_CHARACTER]);
  });
});

describe('places', () => {
  /** The narrowest column in which a reason may stand, points. */
  const COLUMN = 152;

  it.each(REPORT_LANGUAGES)('hold every reason in %s without a cut', (language) => {
    const words = reportText(language);
    for (const code of REASON_CODES) {
      const text = words.say('line.notAssessed', { reason: words.reason(code) });
      context.font = `4.5px ${families.regular}`;
      expect([text, context.measureText(text).width < COLUMN]).toEqual([text, true]);
    }
  });

  it('set a text smaller that is too long for them', () => {
    fitFont(context, 'wide '.repeat(40), 14, families.regular, 200);
    expect(context.measureText('wide '.repeat(40)).width).toBeLessThanOrEqual(200.5);
  });

  it('wrap Chinese, which has no blanks, and lose no character', () => {
    const sentence = reportText('zh').sentence('Modic changes need MR with T1 and T2 and are not assessed on CT.');
    context.font = `9px ${families.regular}`;
    const lines = wrapText(context, sentence, 60);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('').replace(/\s/g, '')).toBe(sentence.replace(/\s/g, ''));
    for (const line of lines) expect(context.measureText(line).width).toBeLessThanOrEqual(60);
  });
});
