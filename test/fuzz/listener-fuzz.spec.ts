import { readdir, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DataSetScanner, parseDataSet, readFileMeta, SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation } from '@endplate/dimse';
import { instanceKey, parseKeyPrefix } from '@endplate/store';
import { asStored, ctInstance, type TestInstance } from '../../apps/listener/src/testing/instance';
import { type Child } from '../../apps/cli/src/process/child';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { seededRandom } from '../../libs/dimse/src/testing/seeded-random';
import { EndplateSite } from '../servers/endplate';
import { startRedis, type TestRedis } from '../servers/redis';
import { attack } from './attack';
import { hostileCase } from './hostile-association';
import { hostileDataSet } from './hostile-data-set';

/** `FUZZ_CASES` and `FUZZ_SEED` play other cases, or some again. Half go over the network, half straight to the parsers. */
const CASES = Math.ceil(Number(process.env['FUZZ_CASES'] ?? 5000) / 2);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261124);
const BATCH = 250;
const AT_ONCE = 12;
const MAX_RSS_BYTES = 400 * 1024 ** 2;
const MAX_ASSOCIATIONS = 24;
const CALLER = 'STORESCU';

const again = (seed: number, cases: number): string =>
  `again: FUZZ_SEED=${seed} FUZZ_CASES=${2 * cases} npx jest --selectProjects e2e --runInBand --testPathPatterns test/fuzz`;

jest.setTimeout(6 * 3_600_000);

describe(`parsers, ${CASES} hostile data sets`, () => {
  it('take them or refuse them with a code of ours', () => {
    for (let seed = SEED; seed < SEED + CASES; seed += 1) {
      const { bytes, transferSyntax, what } = hostileDataSet(seed, seededRandom(seed));
      for (const read of [
        () => parseDataSet(bytes, transferSyntax, { maxInflatedBytes: 16 * 1024 ** 2 }),
        () => {
          const scanner = new DataSetScanner(transferSyntax, { maxInflatedBytes: 16 * 1024 ** 2 });
          for (let at = 0; at < bytes.length; at += 4096) scanner.push(bytes.subarray(at, at + 4096));
          scanner.end();
        },
      ]) {
        try {
          read();
        } catch (error) {
          if (!String((error as { code?: unknown }).code).startsWith('DICOM_')) {
            throw new Error(`${what}; ${again(seed, 1)}`, { cause: error });
          }
        }
      }
    }
  });
});

describe.each(['store', 'spool'])(`listener in %s mode, ${CASES / 2} hostile associations`, (mode) => {
  /** Each mode has seeds of its own. */
  const first = mode === 'store' ? SEED : SEED + Math.ceil(CASES / 2);
  const end = mode === 'store' ? SEED + Math.ceil(CASES / 2) : SEED + CASES;
  let redis: TestRedis;
  let site: EndplateSite;
  let listener: Child;
  const good: TestInstance[] = [];
  const acknowledged = new Set<string>();
  let slowestMs = 0;
  let mostRss = 0;
  beforeAll(async () => {
    redis = await startRedis();
    site = await EndplateSite.open({
      env: {
        REDIS_URL: redis.url,
        ENDPLATE_ACKNOWLEDGE: mode,
        ENDPLATE_SPOOL_DIR: 'spool',
        ENDPLATE_ARTIM_MS: '1500',
        ENDPLATE_IDLE_MS: '2000',
        ENDPLATE_MAX_ASSOCIATIONS: String(MAX_ASSOCIATIONS),
        ENDPLATE_MAX_ASSOCIATIONS_PER_ADDRESS: String(MAX_ASSOCIATIONS - 8),
        ENDPLATE_QUIET_MS: '3600000',
        ENDPLATE_LOG_LEVEL: 'silent',
      },
    });
    listener = await site.start('listener');
  });
  afterAll(async () => {
    await site?.close();
    await redis?.stop();
  });

  /** C-ECHO and C-STORE as any sender, and the process is not larger than it may be. */
  const answersTheGood = async (name: string): Promise<void> => {
    const startedAt = performance.now();
    const contexts = [
      { abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian] },
      { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian] },
    ];
    const titles = { callingAETitle: CALLER, calledAETitle: site.peer.aeTitle };
    const association = await openAssociation({ ...site.peer, ...titles, contexts });
    const instance = ctInstance(name, { study: 'good' });
    expect((await association.echo()).status).toBe(0);
    const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
    expect((await association.store({ ...instance, transferSyntaxUID })).status).toBe(0);
    await association.release();
    good.push(instance);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    const status = await readFile(`/proc/${listener.process.pid}/status`, 'utf8');
    const rss = 1024 * Number(/VmRSS:\s+([0-9]+)/.exec(status)?.[1]);
    mostRss = Math.max(mostRss, rss);
    expect(rss).toBeLessThan(MAX_RSS_BYTES);
  };

  /** In spool mode what was acknowledged comes to the object store a little later. */
  const uploaded = async (): Promise<void> => {
    for (const instance of good) {
      const stat = () => site.store.stat(instanceKey(instance)).then((found) => (found ? true : undefined));
      await waitUntil('A good instance is in the object store', stat, { timeoutMs: 120_000, everyMs: 20 });
    }
  };

  const playBatch = async (from: number, to: number): Promise<void> => {
    let next = from;
    const lane = async (): Promise<void> => {
      while (next < to) for (const uid of await attack(site.peer.port, hostileCase(next++))) acknowledged.add(uid);
    };
    await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, lane)), listener.died]);
    await answersTheGood(`after ${to}`);
  };

  it('leave it up, answering, and no larger than it may be', async () => {
    for (let from = first; from < end; from += BATCH) {
      const to = Math.min(from + BATCH, end);
      await playBatch(from, to).catch((cause: unknown) => {
        throw new Error(`after the cases ${from} to ${to - 1}; ${again(from, to - from)}`, { cause });
      });
      const done = to - first;
      if (CASES > 5000 && done % 5000 < BATCH) process.stderr.write(`fuzz, ${mode}: ${done} of ${end - first}\n`);
    }
  });

  it('is not kept from others by connections that say nothing, little, or too many at once', async () => {
    const sockets = Array.from({ length: MAX_ASSOCIATIONS + 60 }, (_, i): Socket => {
      const socket = connect({ host: '127.0.0.1', port: site.peer.port });
      socket.on('error', () => undefined);
      // A third is silent, a third sends one byte of a request, a third a request that never ends.
      socket.on(
        'connect',
        () => i % 3 > 0 && socket.write(Buffer.from(i % 3 === 1 ? '01' : '01000000ffff0001', 'hex')),
      );
      return socket;
    });
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    await answersTheGood('after the flood');
  });

  it('leaves nothing half-written: what is stored is whole, and what was acknowledged is stored', async () => {
    await uploaded();
    await listener.stop();
    expect(await readdir(join(site.folder, 'data', '.incoming'))).toEqual([]);
    const stored = new Set<string>();
    let records = 0;
    for await (const { key } of site.store.list(parseKeyPrefix(''))) {
      const file = await site.store.get(key);
      if (key.endsWith('.json')) {
        JSON.parse(file.toString('utf8'));
        records += 1;
      }
      if (!key.endsWith('.dcm')) continue;
      const { meta, dataSetOffset } = readFileMeta(file);
      const { transferSyntaxUID, sopInstanceUID } = meta;
      const scanner = new DataSetScanner(transferSyntaxUID);
      scanner.push(file.subarray(dataSetOffset));
      expect(scanner.end().sopInstanceUID).toBe(sopInstanceUID);
      expect(key).toContain(sopInstanceUID);
      stored.add(sopInstanceUID);
    }
    expect([...acknowledged].filter((uid) => !stored.has(uid))).toEqual([]);
    for (const instance of good) {
      expect((await site.store.get(instanceKey(instance))).equals(asStored(instance, CALLER))).toBe(true);
    }
    const facts = `${mode} mode: ${end - first} associations, ${stored.size} stored, ${records} records, ${acknowledged.size} of the hostile ones acknowledged, slowest good association ${slowestMs.toFixed(0)} ms, RSS at most ${(mostRss / 1e6).toFixed(0)} MB`;
    process.stderr.write(`fuzz: seed ${SEED}: ${facts}, no failure\n`);
  });
});
