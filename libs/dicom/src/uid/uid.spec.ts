import {
  ALL_TRANSFER_SYNTAXES,
  deriveUid,
  ENDPLATE_IMPLEMENTATION_CLASS_UID,
  ENDPLATE_IMPLEMENTATION_VERSION_NAME,
  isUid,
  parseUid,
  SopClass,
  STORAGE_SOP_CLASSES,
  TransferSyntax,
} from '../index';

describe('parseUid', () => {
  test.each(['1.2', '0.0', '1.2.840.10008.5.1.4.1.1.2', `1.${'9'.repeat(62)}`])('takes %s', (text) => {
    expect(parseUid(text)).toBe(text);
  });

  test.each([
    '',
    '1',
    '.1',
    '1.',
    '1..2',
    '1.02',
    '01.2',
    '1.2 ',
    '1.2\0',
    '1.a',
    '../../etc/passwd',
    '1.2/3',
    `1.${'9'.repeat(63)}`,
    '1.2\n',
  ])('refuses %j', (text) => {
    expect(isUid(text)).toBe(false);
    expect(() => parseUid(text)).toThrow(
      expect.objectContaining({ code: 'DICOM_UID_INVALID', retryable: false }) as Error,
    );
  });

  test('a megabyte of digits is refused at once, and is not in the message', () => {
    expect(() => parseUid('1.'.repeat(500_000))).toThrow(/1000000 characters/);
  });
});

describe('deriveUid', () => {
  test('is a valid UID and a function of the parts and their borders', () => {
    const seen = new Set<string>();
    for (let n = 0; n < 2000; n++) seen.add(parseUid(deriveUid('study', String(n))));
    expect(seen.size).toBe(2000);
    expect(deriveUid('ab', 'c')).not.toBe(deriveUid('a', 'bc'));
    expect(deriveUid('a')).toBe(deriveUid('a'));
  });

  test('stays what it was: stored objects are named by it', () => {
    expect(deriveUid('1.2.3', '1', 'sr', 'orthanc')).toBe('2.25.10150383868757918109502861541895169077');
  });
});

test('constants are UIDs, each once', () => {
  for (const list of [
    STORAGE_SOP_CLASSES,
    ALL_TRANSFER_SYNTAXES,
    Object.values(SopClass),
    Object.values(TransferSyntax),
  ]) {
    expect(list.every(isUid)).toBe(true);
    expect(new Set(list).size).toBe(list.length);
  }
  expect(ALL_TRANSFER_SYNTAXES).toHaveLength(Object.keys(TransferSyntax).length);
  expect(isUid(ENDPLATE_IMPLEMENTATION_CLASS_UID)).toBe(true);
  expect(ENDPLATE_IMPLEMENTATION_VERSION_NAME.length).toBeLessThanOrEqual(16);
});
