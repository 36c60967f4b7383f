import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { readFileSync } from 'node:fs';
import { openAssociation, type ScuAssociation } from '@endplate/dimse';
import { TransferSyntax, SopClass } from '@endplate/dicom';
import { startRedis, type TestRedis } from '../../../test/servers/redis';
import { aeListFile } from './testing/ae-list-file';
import { makeCertificate } from './testing/certificates';
import { ctInstance } from './testing/instance';
import { ListenerBench, store } from './testing/listener-bench';

let redis: TestRedis;
let folder: string;
beforeAll(async () => {
  redis = await startRedis();
  folder = mkdtempSync(join(tmpdir(), 'endplate-door-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await redis.stop();
});

const REJECTED = { code: 'DIMSE_ASSOCIATION_REJECTED' };
const listFile = (list: unknown): string => aeListFile(folder, list);

describe('AE list', () => {
  it('is read again while it runs, and a broken one leaves the old one in force', async () => {
    const path = listFile([{ aeTitle: 'CT1' }]);
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: path, ENDPLATE_RELOAD_MS: '20' });
    const open = await bench.associate('CT1');
    await expect(bench.associate('CT2')).rejects.toMatchObject(REJECTED);
    writeFileSync(path, '[{"aeTitle":"CT2","quietMS":5}]');
    await bench.untilLogged('LSN-074');
    expect(await bench.send(ctInstance('a'), 'CT1')).toMatchObject({ status: 0 });
    await expect(bench.associate('CT2')).rejects.toMatchObject(REJECTED);
    expect(await bench.checks()).toMatchObject({ 'listener-ae-list': 'STALE' });
    expect(await bench.metrics()).toContain('endplate_reload_stale{what="ae-list"} 1');
    writeFileSync(path, '[{"aeTitle":"CT2"}]');
    await bench.untilLogged('LSN-073');
    expect(await bench.send(ctInstance('b'), 'CT2')).toMatchObject({ status: 0 });
    await expect(bench.associate('CT1')).rejects.toMatchObject(REJECTED);
    // The open association stays, its next instance does not come in.
    expect(await store(open, ctInstance('c'))).toMatchObject({ status: 0xa900 });
    expect(await bench.checks()).toMatchObject({ 'listener-ae-list': 'ok' });
    await open.release();
    await bench.close();
  });

  it('lets an AE call under titles of its own, and sorts what comes under each', async () => {
    const path = listFile([
      { aeTitle: 'CT1', calledAETitles: ['ENDPLATE_STAT'], priority: 'stat', quietMs: 50 },
      { aeTitle: 'CT1', calledAETitles: ['ENDPLATE'] },
      { aeTitle: 'MR1' },
    ]);
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: path });
    await expect(bench.associate('MR1', 'ENDPLATE_STAT')).rejects.toMatchObject(REJECTED);
    await expect(bench.associate('CT1', 'NOBODY')).rejects.toMatchObject(REJECTED);
    const association = await bench.associate('CT1', 'ENDPLATE_STAT');
    expect(await store(association, ctInstance('a'))).toMatchObject({ status: 0 });
    await association.release();
    expect(await bench.nextAnalysis()).toMatchObject({ priority: 'stat' });
    await bench.close();
  });

  it('refuses what the filter of an AE leaves out, and keeps nothing of it', async () => {
    const path = listFile([{ aeTitle: 'CT1', filter: { modalities: ['CT'], exceptDescriptions: ['*dose*'] } }]);
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: path });
    const association = await bench.associate('CT1');
    const dose = ctInstance('dose', { elements: { SeriesDescription: 'Dose report' } });
    const answer = await store(association, dose);
    expect(answer).toMatchObject({ status: 0x0124 });
    expect(answer.errorComment).not.toContain('Dose report');
    expect(await store(association, ctInstance('mr', { elements: { Modality: 'MR' } }))).toMatchObject({
      status: 0x0124,
    });
    expect(await bench.objects()).toEqual([]);
    const spine = ctInstance('spine', { elements: { SeriesDescription: 'Spine' } });
    expect(await store(association, spine)).toMatchObject({ status: 0 });
    expect(await bench.objects()).toHaveLength(1);
    await association.release();
    await bench.close();
  });

  it('holds an AE to its quota: a second association waits, the instance over the rate gets A700', async () => {
    const path = listFile([{ aeTitle: 'CT1', quota: { associations: 1, instancesPerMinute: 1 } }, { aeTitle: 'CT2' }]);
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: path });
    const first = await bench.associate('CT1');
    await expect(bench.associate('CT1')).rejects.toMatchObject(REJECTED);
    expect(await store(first, ctInstance('a'))).toMatchObject({ status: 0 });
    const over = await store(first, ctInstance('b'));
    expect(over).toMatchObject({ status: 0xa700 });
    expect(over.errorComment).toContain('Quota');
    await first.release();
    await bench.untilLogged('LSN-012');
    expect(await bench.send(ctInstance('b'), 'CT2')).toMatchObject({ status: 0 });
    await (await bench.associate('CT1')).release();
    await bench.close();
  });

  it('holds an AE to its quota over two listeners', async () => {
    const path = listFile([{ aeTitle: 'CT1', quota: { associations: 1, instancesPerMinute: 1 } }]);
    const env = { ENDPLATE_AE_CONFIG: path, ENDPLATE_QUEUE_PREFIX: '{two-listeners}' };
    const [one, other] = [await ListenerBench.open(redis.url, env), await ListenerBench.open(redis.url, env)];
    const first = await one.associate('CT1');
    await expect(other.associate('CT1')).rejects.toMatchObject({ ...REJECTED, retryable: true });
    expect(await store(first, ctInstance('a'))).toMatchObject({ status: 0 });
    await first.release();
    await one.untilLogged('LSN-012');
    const second = await other.associate('CT1');
    expect(await store(second, ctInstance('b'))).toMatchObject({ status: 0xa700 });
    await second.release();
    await Promise.all([one.close(), other.close()]);
  });
});

describe('backpressure', () => {
  it('rejects associations and answers A700 while the disk is over its watermark, and loses nothing', async () => {
    const bench = await ListenerBench.open(redis.url, {
      ENDPLATE_PRESSURE_FREE_BYTES: '9007199254740991',
      ENDPLATE_PRESSURE_SAMPLE_MS: '10',
    });
    await expect(bench.associate()).rejects.toMatchObject({ ...REJECTED, retryable: true });
    expect(await bench.checks()).toMatchObject({ 'listener-pressure-disk': 'HIGH', 'listener-pressure-queue': 'ok' });
    expect(await bench.metrics()).toContain('endplate_pressure{resource="disk"} 1');
    const response = await fetch(`${await bench.application.nest.getUrl()}/dicom-web/studies`, { method: 'POST' });
    expect(response.status).toBe(503);
    await bench.close();
  });

  it('answers A700 on an association that is open when memory runs short', async () => {
    const rss = process.memoryUsage.rss();
    const bench = await ListenerBench.open(redis.url, {
      ENDPLATE_PRESSURE_MEMORY_BYTES: String(rss + 48 * 1024 ** 2),
      ENDPLATE_PRESSURE_SAMPLE_MS: '10',
    });
    const association = await bench.associate();
    const ballast = Buffer.alloc(1024 ** 3 / 4, 1);
    await bench.untilLogged('LSN-071');
    expect(await store(association, ctInstance('a'))).toMatchObject({ status: 0xa700 });
    expect(ballast[7]).toBe(1);
    expect(await bench.objects()).toEqual([]);
    await association.release();
    await bench.close();
  });
});

describe('TLS', () => {
  const contexts = [
    {
      abstractSyntax: SopClass.VerificationSOPClass,
      transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian],
    },
  ];
  const titles = { callingAETitle: 'CT1', calledAETitle: 'ENDPLATE', contexts };

  it('wants the certificate of the sender, and takes new ones without dropping an association', async () => {
    const [first, second, sender] = ['first', 'second', 'sender'].map((name) => makeCertificate(folder, name));
    const own = { cert: join(folder, 'own.crt'), key: join(folder, 'own.key') };
    const install = (from: { cert: string; key: string }) => {
      copyFileSync(from.key, own.key);
      copyFileSync(from.cert, own.cert);
    };
    install(first!);
    const bench = await ListenerBench.open(redis.url, {
      ENDPLATE_DICOM_TLS_CERT: own.cert,
      ENDPLATE_DICOM_TLS_KEY: own.key,
      ENDPLATE_DICOM_TLS_CA: sender!.cert,
      ENDPLATE_RELOAD_MS: '20',
    });
    const call = (trusted: string): Promise<ScuAssociation> => {
      const shown = { cert: readFileSync(sender!.cert), key: readFileSync(sender!.key) };
      return openAssociation({
        host: '127.0.0.1',
        port: bench.port,
        ...titles,
        tls: { ...shown, ca: readFileSync(trusted) },
      });
    };
    const open = await call(first!.cert);
    await expect(
      openAssociation({ host: '127.0.0.1', port: bench.port, ...titles, tls: { ca: readFileSync(first!.cert) } }),
    ).rejects.toMatchObject({ retryable: true });
    expect(await bench.checks()).toMatchObject({ 'listener-certificate': 'ok' });
    expect(await bench.metrics()).toMatch(/endplate_tls_valid_until_seconds [0-9.e+]{6,}/);
    writeFileSync(own.cert, 'no certificate');
    await bench.untilLogged('LSN-074');
    await (await call(first!.cert)).release();
    install(second!);
    await bench.untilLogged('LSN-073');
    expect(await open.echo()).toMatchObject({ status: 0 });
    await (await call(second!.cert)).release();
    await expect(call(first!.cert)).rejects.toMatchObject({ code: 'DIMSE_CONNECT_FAILED' });
    await open.release();
    await bench.close();
  });

  it('is spoken by DCMTK, from TLS 1.2 on and with the ciphers of the profile alone', async () => {
    const [server, sender] = ['dcmtk-server', 'dcmtk-sender'].map((name) => makeCertificate(folder, name));
    const bench = await ListenerBench.open(redis.url, {
      ENDPLATE_DICOM_TLS_CERT: server!.cert,
      ENDPLATE_DICOM_TLS_KEY: server!.key,
      ENDPLATE_DICOM_TLS_CA: sender!.cert,
    });
    const echo = (...words: string[]) =>
      new Promise<number | null>((resolve, reject) => {
        const called = ['-aec', 'ENDPLATE', '127.0.0.1', String(bench.port)];
        const child = spawn('echoscu', [...words, ...called], { stdio: 'ignore' });
        child.on('error', reject);
        child.on('close', resolve);
      });
    expect(await echo('+tls', sender!.key, sender!.cert, '+cf', server!.cert)).toBe(0);
    expect(await echo('+tla', '+cf', server!.cert)).not.toBe(0);
    expect(await echo()).not.toBe(0);
    const handshake = (options: ConnectionOptions) =>
      new Promise<string>((resolve) => {
        const shown = { cert: readFileSync(sender!.cert), key: readFileSync(sender!.key) };
        const trusted = { ...shown, ca: readFileSync(server!.cert), host: '127.0.0.1', port: bench.port };
        const socket = connect({ ...trusted, ...options }, () => {
          resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
          socket.destroy();
        });
        socket.on('error', () => resolve('refused'));
      });
    expect(await handshake({})).toBe('TLSv1.3 TLS_AES_256_GCM_SHA384');
    expect(await handshake({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384');
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await handshake(old)).toBe('refused');
    expect(await handshake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' })).toBe('refused');
    await bench.close();
  });
});
