/** Specific Character Set of a data set: its defined terms, the first being the initial one. @standard PS3.3 C.12.1.1.2 */
export type CharacterSets = readonly string[];

/** A single-byte (or self-contained) repertoire and the decoder that knows it. */
const DECODER_BY_TERM: Readonly<Record<string, string>> = {
  '': 'latin1',
  'ISO_IR 6': 'latin1',
  'ISO_IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** What an escape sequence designates: `g0` replaces 0x21-0x7E, `g1` 0xA1-0xFE. @standard PS3.3 C.12.1.1.2 */
const ESCAPES: readonly { readonly bytes: string; readonly set: 'g0' | 'g1'; readonly decoder: string }[] = [
  { bytes: '$(D', set: 'g0', decoder: 'jisx0212' },
  { bytes: '$B', set: 'g0', decoder: 'jisx0208' },
  { bytes: '$)C', set: 'g1', decoder: 'euc-kr' },
  { bytes: '$)A', set: 'g1', decoder: 'gbk' },
  { bytes: '(B', set: 'g0', decoder: 'ascii' },
  { bytes: '(J', set: 'g0', decoder: 'ascii' },
  { bytes: ')I', set: 'g1', decoder: 'shift_jis' },
  { bytes: '-A', set: 'g1', decoder: 'latin1' },
  { bytes: '-B', set: 'g1', decoder: 'iso-8859-2' },
  { bytes: '-C', set: 'g1', decoder: 'iso-8859-3' },
  { bytes: '-D', set: 'g1', decoder: 'iso-8859-4' },
  { bytes: '-F', set: 'g1', decoder: 'iso-8859-7' },
  { bytes: '-G', set: 'g1', decoder: 'iso-8859-6' },
  { bytes: '-H', set: 'g1', decoder: 'iso-8859-8' },
  { bytes: '-L', set: 'g1', decoder: 'iso-8859-5' },
  { bytes: '-M', set: 'g1', decoder: 'windows-1254' },
  { bytes: '-T', set: 'g1', decoder: 'windows-874' },
  { bytes: '-b', set: 'g1', decoder: 'iso-8859-15' },
];

/** Delimiters at which code extensions fall back to the initial state. @standard PS3.5 6.1.2.5.3 */
const RESETS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x5c]);
const NAME_RESETS = new Set([...RESETS, 0x3d, 0x5e]);

const ESC = 0x1b;

/**
 * Decodes text of a data element by its Specific Character Set.
 *
 * Terms that are not known are read as Latin-1 without the control characters 0x80-0x9F, so that nothing is lost and
 * nothing fails; broken sequences become U+FFFD.
 *
 * @param isPersonName - "^" and "=" end a code extension too
 * @standard PS3.5 6.1.2
 */
export function decodeText(bytes: Buffer, characterSets: CharacterSets, isPersonName = false): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  const first = (characterSets[0] ?? '')
    .trim()
    .replace(/^ISO 2022 IR /, 'ISO_IR ')
    .replace(/^ISO 2022 /, '');
  const initial = DECODER_BY_TERM[first] ?? 'latin1';
  if (initial === 'utf-8' || initial === 'gb18030' || initial === 'gbk') return decodeRun(bytes, initial);
  if (bytes.includes(ESC)) return decodeWithExtensions(bytes, initial, isPersonName ? NAME_RESETS : RESETS);
  return decodeRun(bytes, initial);
}

function isAscii(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > 0x7e || byte === ESC) return false;
  return true;
}

function decodeRun(bytes: Buffer, decoder: string): string {
  switch (decoder) {
    case 'latin1':
    case 'ascii':
      return bytes.toString('latin1');
    case 'jisx0208': {
      const wrapped = Buffer.concat([Buffer.from('\x1b$B', 'latin1'), bytes, Buffer.from('\x1b(B', 'latin1')]);
      return new TextDecoder('iso-2022-jp').decode(wrapped);
    }
    case 'jisx0212': {
      // EUC-JP reaches JIS X 0212 by the prefix 0x8F before two bytes with the high bit set.
      const euc: number[] = [];
      for (let n = 0; n + 1 < bytes.length; n += 2) {
        euc.push(0x8f, bytes.readUInt8(n) | 0x80, bytes.readUInt8(n + 1) | 0x80);
      }
      return new TextDecoder('euc-jp').decode(Buffer.from(euc));
    }
    default:
      return new TextDecoder(decoder).decode(bytes);
  }
}

/** Walks the escape sequences of ISO 2022; every run between them is decoded by the set that is designated there. */
function decodeWithExtensions(bytes: Buffer, initial: string, resets: ReadonlySet<number>): string {
  let text = '';
  let g0 = 'ascii';
  let g1 = initial;
  let start = 0;
  const flush = (end: number): void => {
    if (end > start) text += decodeRun(bytes.subarray(start, end), g0 === 'ascii' ? g1 : g0);
    start = end;
  };
  for (let at = 0; at < bytes.length;) {
    const byte = bytes.readUInt8(at);
    if (byte === ESC) {
      flush(at);
      const sequence = bytes.toString('latin1', at + 1, at + 4);
      const escape = ESCAPES.find((candidate) => sequence.startsWith(candidate.bytes));
      if (escape?.set === 'g0') g0 = escape.decoder;
      if (escape?.set === 'g1') g1 = escape.decoder;
      at += 1 + (escape?.bytes.length ?? 0);
      start = at;
    } else {
      at += 1;
      // Inside a two-byte set 0x5C and its like are halves of characters.
      if (g0 === 'ascii' && resets.has(byte)) {
        flush(at);
        g1 = initial;
      }
    }
  }
  flush(bytes.length);
  return text;
}
