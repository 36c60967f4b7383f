import { createHash } from 'node:crypto';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation, Status } from '@endplate/dimse';
import { instanceKey, type ObjectKey } from '@endplate/store';
import { asStored, ctInstance } from '../../apps/listener/src/testing/instance';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { EndplateSite } from '../servers/endplate';
import { startRedis, type TestRedis } from '../servers/redis';

/** `npm run test:faults:long` runs the long form. */
const LONG = process.env['FAULTS_LONG'] === '1';
const ROUNDS = LONG ? 20 : 3;
const INSTANCES = LONG ? 2000 : 240;
const ASSOCIATIONS = 4;
const CALLING = 'TEST_SCU';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Sends a share of a round's instances until the listener is gone; tells each success, and nothing else. */
async function sendShare(
  site: EndplateSite,
  round: number,
  share: number,
  told: (key: ObjectKey, digest: string) => void,
): Promise<void> {
  // prettier-ignore
  const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
  const contexts = [{ abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [transferSyntaxUID] }];
  const titles = { callingAETitle: CALLING, calledAETitle: site.peer.aeTitle };
  const association = await openAssociation({ host: site.peer.host, port: site.peer.port, contexts, ...titles });
  for (let i = share; i < INSTANCES; i += ASSOCIATIONS) {
    const instance = ctInstance(`${i}`, { study: `round ${round}`, rows: 96, tone: i });
    const { sopClassUID, sopInstanceUID, dataSet } = instance;
    const { status } = await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
    if (status !== Status.Success) throw new Error(`status 0x${status.toString(16)}`);
    told(instanceKey(instance), sha256(asStored(instance, CALLING)));
  }
  await association.release();
}

describe.each(['spool', 'store'])(
  'the listener is killed with SIGKILL while four associations send, %s mode',
  (mode) => {
    let redis: TestRedis;
    let site: EndplateSite;
    beforeAll(async () => {
      redis = await startRedis({ appendOnly: true });
      site = await EndplateSite.open({ env: { REDIS_URL: redis.url, ENDPLATE_ACKNOWLEDGE: mode, ENDPLATE_SPOOL_DIR: 'spool' } }); // prettier-ignore
    });
    afterAll(async () => {
      await site?.close();
      await redis?.stop();
    });

    it(
      'what was acknowledged is stored, byte by byte',
      async () => {
        const acknowledged = new Map<ObjectKey, string>();
        for (let round = 0; round < ROUNDS; round += 1) {
          await site.start('listener');
          // Another point in each round, from the first instances to the last.
          const killAfter = acknowledged.size + Math.floor(INSTANCES * (0.05 + 0.9 * Math.random()));
          let killed: Promise<void> | undefined;
          const told = (key: ObjectKey, digest: string): void => {
            acknowledged.set(key, digest);
            if (acknowledged.size >= killAfter) killed ??= site.kill('listener');
          };
          const shares = Array.from({ length: ASSOCIATIONS }, (_, share) => sendShare(site, round, share, told));
          await Promise.allSettled(shares);
          expect(killed).toBeDefined();
          await killed;
        }
        await site.start('listener');
        for (const [key, digest] of acknowledged) {
          const stored = (): Promise<true | undefined> => site.store.stat(key).then((found) => (found ? true : undefined)); // prettier-ignore
          await waitUntil('An acknowledged instance is stored', stored, { timeoutMs: 60_000, everyMs: 20 });
          expect(sha256(await site.store.get(key))).toBe(digest);
        }
        process.stdout.write(`${mode}: ${ROUNDS} kills, ${acknowledged.size} acknowledged, all of them stored\n`);
      },
      LONG ? 3_600_000 : 240_000,
    );
  },
);
