import { decodeText, encodeDataSet, parseDataSet, Tag, TransferSyntax } from '../index';

/** Examples of PS3.5 Annexes H, I, J and K, and single-byte repertoires. */
const CASES: [string, string[], string, string][] = [
  ['Latin-1', ['ISO_IR 100'], '4772fc6e', 'Grün'],
  ['Latin-2', ['ISO_IR 101'], '57b36f647a69f1736b69', 'Włodziński'],
  ['Cyrillic', ['ISO_IR 144'], 'bbeedacde5e0', 'ЛюкЭхр'],
  ['Greek', ['ISO_IR 126'], 'c4e9efedf5f3e9eff2', 'Διονυσιος'],
  ['Arabic', ['ISO_IR 127'], 'e2c8c7e6ea', 'قباني'],
  ['Hebrew', ['ISO_IR 138'], 'f9f8e5ef', 'שרון'],
  ['Thai', ['ISO_IR 166'], 'cac1aad2c2', 'สมชาย'],
  ['Turkish', ['ISO_IR 148'], 'c7617661fe', 'Çavaş'],
  ['Japanese, half width', ['ISO_IR 13'], 'd4cfc0de5ec0dbb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
  ['Unicode', ['ISO_IR 192'], '57c3a46e67e5b08fe69db1', 'Wäng小東'],
  ['GB18030', ['GB18030'], '57616e675e5869616f446f6e673dcdf55ed0a1b6ab3d', 'Wang^XiaoDong=王^小东='],
  [
    'Korean I.2',
    ['', 'ISO 2022 IR 149'],
    '486f6e675e47696c646f6e673d1b242943fbf35e1b242943d1ced4d73d1b242943c8ab5e1b242943b1e6b5bf',
    'Hong^Gildong=洪^吉洞=홍^길동',
  ],
];

describe('decodeText', () => {
  test.each(CASES)('%s', (_, terms, hex, text) => {
    expect(decodeText(Buffer.from(hex, 'hex'), terms, true)).toBe(text);
  });

  test('Japanese with code extensions (PS3.5 H.3.1)', () => {
    const bytes = Buffer.from(
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
      'latin1',
    );
    expect(decodeText(bytes, ['', 'ISO 2022 IR 87'], true)).toBe('Yamada^Tarou=山田^太郎=やまだ^たろう');
  });

  test('a backslash inside a two-byte character is no delimiter', () => {
    const dataSet = (terms: string, hex: string): string[] => {
      const value = Buffer.from(hex, 'hex');
      const set = Buffer.from(terms.padEnd(terms.length + (terms.length & 1)));
      const head = (tag: string, vr: string, length: number): Buffer =>
        Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from(vr), Buffer.from([length, 0])]);
      const bytes = Buffer.concat([
        head('08000500', 'CS', set.length),
        set,
        head('08003010', 'LO', value.length),
        value,
      ]);
      return parseDataSet(bytes, TransferSyntax.ExplicitVRLittleEndian).strings(Tag.StudyDescription);
    };
    // 0x81 0x5C is one character of GB18030.
    expect(dataSet('GB18030', '815c5c41')).toEqual(['乗', 'A']);
  });

  test('terms nobody knows, broken bytes and stray escapes never throw', () => {
    expect(decodeText(Buffer.from('c4', 'hex'), ['ISO_IR 999'])).toBe('Ä');
    expect(decodeText(Buffer.from('e5b0', 'hex'), ['ISO_IR 192'])).toBe('\ufffd');
    expect(() => decodeText(Buffer.from('1b1b24421b', 'hex'), ['', 'ISO 2022 IR 87'])).not.toThrow();
    for (let n = 0; n < 256; n++)
      decodeText(Buffer.from([0x1b, 0x24, n, n, 0xff]), ['ISO 2022 IR 6', 'ISO 2022 IR 159']);
  });
});

test('text beyond ASCII comes back, in items too', () => {
  const name = 'Müller^Jörg=山田^太郎';
  const bytes = encodeDataSet({ PatientName: name, ReferencedStudySequence: [{ StudyDescription: 'Wirbelsäule' }] });
  const dataSet = parseDataSet(bytes, TransferSyntax.ExplicitVRLittleEndian);
  expect(dataSet.string(Tag.PatientName)).toBe(name);
  expect(dataSet.sequence(Tag.ReferencedStudySequence)[0]?.string(Tag.StudyDescription)).toBe('Wirbelsäule');
});
