import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { deriveUid, readPart10, SopClass, Tag, TransferSyntax } from '@endplate/dicom';
import { openAssociation, Rejection, type ScuAssociation, Status, statusKind } from '@endplate/dimse';
import { parseInstanceKey, STUDIES_PREFIX } from '@endplate/store';
import { imageFolder, type StudyFolder } from '../builders/study-folder';
import { echoscu } from '../servers/dcmtk';
import { EndplateSite } from '../servers/endplate';

interface Instance {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly dataSet: Buffer;
}

describe('bad input is refused with the right reason, nothing of it is stored, and the association survives', () => {
  let site: EndplateSite;
  let study: StudyFolder;
  let instances: Instance[];

  beforeAll(async () => {
    // A quiet period that never ends here: this is about what the door does.
    site = await EndplateSite.open({ env: { ENDPLATE_QUIET_MS: '3600000' } });
    study = await imageFolder('bad-input', 4, () => ({ SOPClassUID: SopClass.CTImageStorage, Modality: 'CT' }));
    instances = await Promise.all(study.files.map(instanceOf));
    await site.start('up');
  });
  afterAll(async () => {
    await site?.close();
    await rm(path.dirname(study.folder), { recursive: true });
  });

  const open = (
    over: { callingAETitle?: string; calledAETitle?: string; abstractSyntax?: string } = {},
  ): Promise<ScuAssociation> =>
    openAssociation({
      host: site.peer.host,
      port: site.peer.port,
      callingAETitle: over.callingAETitle ?? 'TEST_SCU',
      calledAETitle: over.calledAETitle ?? site.peer.aeTitle,
      contexts: [
        {
          abstractSyntax: over.abstractSyntax ?? SopClass.CTImageStorage,
          transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian],
        },
        { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian] },
      ],
    });
  const stored = async (): Promise<string[]> => {
    await site.untilUploaded();
    const uids: string[] = [];
    for await (const { key } of site.store.list(STUDIES_PREFIX)) {
      const address = parseInstanceKey(key);
      if (address) uids.push(address.sopInstanceUID);
    }
    return uids.sort();
  };

  it.each([
    ['an unknown calling AE title', { callingAETitle: 'STRANGER' }, Rejection.CallingAETitleNotRecognised],
    ['a wrong called AE title', { calledAETitle: 'SOMEBODY' }, Rejection.CalledAETitleNotRecognised],
  ])('%s: the association is rejected', async (_, titles, { result, source, reason }) => {
    await expect(open(titles)).rejects.toMatchObject({ rejection: { result, source, reason } });
  });

  it('says so to DCMTK as well', async () => {
    const { code, output } = await echoscu(site.peer, 'STRANGER');
    expect(code).not.toBe(0);
    expect(output).toContain('Calling AE Title Not Recognized');
    expect((await echoscu({ ...site.peer, aeTitle: 'SOMEBODY' }, 'STORESCU')).output).toContain(
      'Called AE Title Not Recognized',
    );
  });

  it('a SOP class that we do not take: its context is refused, the others are not', async () => {
    const association = await open({ abstractSyntax: '1.2.840.10008.5.1.4.34.7' });
    expect(association.contextFor('1.2.840.10008.5.1.4.34.7')).toBeUndefined();
    expect((await association.echo()).status).toBe(Status.Success);
    await association.release();
  });

  it.each([
    [
      'a dataset that ends inside an element',
      'CannotUnderstand',
      (one: Instance) => ({ ...one, dataSet: one.dataSet.subarray(0, one.dataSet.length - 1001) }),
    ],
    [
      'a UID that breaks PS3.5 9.1',
      'CannotUnderstand',
      (one: Instance) => ({ ...one, dataSet: withBrokenStudyUid(one.dataSet) }),
    ],
    [
      'a SOP Instance UID that differs from the command',
      'DataSetDoesNotMatchSOPClass',
      (one: Instance) => ({ ...one, sopInstanceUID: deriveUid('test', 'another') }),
    ],
    ['a dataset that is noise', 'CannotUnderstand', (one: Instance) => ({ ...one, dataSet: Buffer.alloc(4096, 0xa5) })],
  ] as const)('%s: failure status with Error Comment', async (_, status, spoil) => {
    const association = await open();
    const before = await stored();
    const answer = await association.store(spoil(instances[0]!));
    expect(statusKind(answer.status)).toBe('failure');
    expect(answer.status & 0xf000).toBe(Status[status] & 0xf000);
    expect(answer.errorComment).toMatch(/^.{3,64}$/);
    expect(await stored()).toEqual(before);

    const good = instances[1]!;
    expect((await association.store(good)).status).toBe(Status.Success);
    expect(await stored()).toEqual([good.sopInstanceUID]);
    await association.release();
  });

  it('the same bytes twice are stored once; other bytes under the same UID are kept beside, never over it', async () => {
    const association = await open();
    const one = instances[2]!;
    expect((await association.store(one)).status).toBe(Status.Success);
    expect((await association.store(one)).status).toBe(Status.Success);
    const other = Buffer.from(one.dataSet);
    other[other.length - 1]! ^= 1;
    expect((await association.store({ ...one, dataSet: other })).status).toBe(Status.Success);
    await association.release();
    expect((await stored()).filter((uid) => uid === one.sopInstanceUID)).toHaveLength(1);
    const keys: string[] = [];
    for await (const { key } of site.store.list(STUDIES_PREFIX)) keys.push(key);
    expect(keys.filter((key) => key.includes('/conflicts/'))).toHaveLength(1);
    const kept = keys.find((key) => key.includes('/instances/') && key.includes(one.sopInstanceUID))!;
    const { dataSetOffset } = readPart10(await site.store.get(kept as Parameters<typeof site.store.get>[0]));
    const bytes = await site.store.get(kept as Parameters<typeof site.store.get>[0]);
    expect(bytes.subarray(dataSetOffset).equals(one.dataSet)).toBe(true);
  });
});

async function instanceOf(file: string): Promise<Instance> {
  const bytes = await readFile(file);
  const { meta, dataSetOffset } = readPart10(bytes);
  return { ...meta, dataSet: bytes.subarray(dataSetOffset) };
}

/** `2.25.1...` becomes `2..25...`: as long as before, and no UID. */
function withBrokenStudyUid(dataSet: Buffer): Buffer {
  const spoilt = Buffer.from(dataSet);
  // (0020,000D) in little endian, VR UI, length of two bytes
  const at = spoilt.indexOf(Buffer.from([0x20, 0x00, Tag.StudyInstanceUID & 0xff, 0x00, 0x55, 0x49])) + 8;
  spoilt.write('2..', at, 'latin1');
  return spoilt;
}
