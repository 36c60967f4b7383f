import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation, type ScuAssociation } from '@endplate/dimse';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { type Child } from '../../apps/cli/src/process/child';
import { EndplateSite } from '../servers/endplate';
import { startRedis, type TestRedis } from '../servers/redis';

/** Requirement: SIGHUP puts a new AE list in force without an end of the process or of an open association. */

let redis: TestRedis;
let site: EndplateSite;
let listener: Child;
beforeAll(async () => {
  redis = await startRedis();
  site = await EndplateSite.open({ senders: ['CT1'], env: { REDIS_URL: redis.url, ENDPLATE_RELOAD_MS: '0' } });
  listener = await site.start('listener');
});
afterAll(async () => {
  await site?.close();
  await redis?.stop();
});

const associate = (callingAETitle: string): Promise<ScuAssociation> =>
  openAssociation({
    ...{ host: site.peer.host, port: site.peer.port, callingAETitle, calledAETitle: site.peer.aeTitle },
    contexts: [
      { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian] },
    ],
  });
const isLetIn = async (callingAETitle: string): Promise<true | undefined> => {
  const association = await associate(callingAETitle).catch(() => undefined);
  await association?.release();
  return association ? true : undefined;
};

it('reads the AE list at SIGHUP, and a broken one leaves the old one in force', async () => {
  const list = path.join(site.folder, 'ae.json');
  const open = await associate('CT1');
  await writeFile(list, JSON.stringify([{ aeTitle: 'MR1' }]));
  // Nobody looks at the file by itself.
  expect(await isLetIn('MR1')).toBeUndefined();
  listener.process.kill('SIGHUP');
  await waitUntil('The new list holds', () => isLetIn('MR1'), { timeoutMs: 20_000, everyMs: 20 });
  expect(await isLetIn('CT1')).toBeUndefined();
  expect(await open.echo()).toEqual({ status: 0 });
  await writeFile(list, `${await readFile(list, 'utf8')} no JSON`);
  const refused = new Promise<void>((resolve) => {
    listener.process.stdout!.on('data', (text: Buffer) => text.includes('LSN-074') && resolve());
  });
  listener.process.kill('SIGHUP');
  await refused;
  expect(await isLetIn('MR1')).toBe(true);
  await writeFile(list, JSON.stringify([{ aeTitle: 'MR1' }, { aeTitle: 'CT2' }]));
  listener.process.kill('SIGHUP');
  await waitUntil('The list after it holds', () => isLetIn('CT2'), { timeoutMs: 20_000, everyMs: 20 });
  await open.release();
});
