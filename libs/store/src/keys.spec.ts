import * as keys from './index';

describe('keys', () => {
  const address = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', sopInstanceUID: '1.2.3.4' };
  const sha256 = 'a'.repeat(64);

  it.each([
    [keys.instanceKey(address), 'studies/1.2/instances/1.2.3/1.2.3.4.dcm'],
    [keys.conflictKey('1.2', '1.2.3.4', sha256), `studies/1.2/conflicts/1.2.3.4/${sha256}.dcm`],
    [keys.eventKey('1.2', '01ARZ3NDEKTSV4RRFFQ69G5FAV'), 'studies/1.2/events/01ARZ3NDEKTSV4RRFFQ69G5FAV.json'],
    [keys.manifestKey('1.2', 1), 'studies/1.2/versions/1/manifest.json'],
    [keys.findingsKey('1.2', 12), 'studies/1.2/versions/12/findings.json'],
    [keys.maskKey('1.2', 1, 'ct.nii.gz'), 'studies/1.2/versions/1/masks/ct.nii.gz'],
    [keys.keyImageKey('1.2', 1, 'L4-L5.png'), 'studies/1.2/versions/1/key-images/L4-L5.png'],
    [keys.reportKey('1.2', 1, 'sr'), 'studies/1.2/versions/1/reports/sr.dcm'],
    [keys.messageKey('1.2', 1, 'report.hl7'), 'studies/1.2/versions/1/reports/report.hl7'],
    [keys.performedStepKey('1.2'), 'performed-steps/1.2/step.json'],
    [keys.performedStepEndKey('1.2'), 'performed-steps/1.2/over.json'],
    [keys.evidenceKey('1.2', 'mpps', sha256), `evidence/1.2/mpps-${sha256}.json`],
    [keys.deliveryKey('1.2', 1, 'main-pacs'), 'studies/1.2/versions/1/deliveries/main-pacs.json'],
  ])('%s', (key, expected) => expect(key).toBe(expected));

  it('reads an instance key back', () => {
    expect(keys.parseInstanceKey(keys.instanceKey(address))).toEqual(address);
    expect(keys.parseInstanceKey(keys.manifestKey('1.2', 1))).toBeUndefined();
  });

  it.each(['', '1.', '.1', '1..2', '01.2', '1.02', '1.2/../3', '1.2\0', 'a.b', '1.2 ', '1'.repeat(65), '../x'])(
    'refuses the UID %j (PS3.5 9.1)',
    (bad) => {
      expect(keys.isStorableUid(bad)).toBe(false);
      expect(() => keys.studyPrefix(bad)).toThrow(expect.objectContaining({ code: 'STORE_KEY_INVALID' }));
      expect(() => keys.instanceKey({ ...address, sopInstanceUID: bad })).toThrow(keys.StoreKeyError);
    },
  );

  it('refuses odd versions, digests, ULIDs and names', () => {
    for (const version of [0, -1, 1.5, NaN, Infinity]) expect(() => keys.manifestKey('1.2', version)).toThrow();
    expect(() => keys.conflictKey('1.2', '1.3', 'A'.repeat(64))).toThrow();
    expect(() => keys.eventKey('1.2', 'not-a-ulid')).toThrow();
    for (const name of ['', '..', '.hidden', 'a/b', 'a b', 'x'.repeat(101)]) {
      expect(() => keys.deliveryKey('1.2', 1, name)).toThrow();
    }
  });
});
