import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deriveUid, type UID } from '@endplate/dicom';
import { type StudyInput } from '@endplate/kernel';
import { type StudyAnalyser } from '../analyse/study-analyser.port';
import { startProcessAnalyser } from './process-analyser';

const MODEL = { name: 'm', version: '1', sha256: '0'.repeat(64) };
/** Loads at once and does what `onAnalyse` says; it has `send`, `input` and `read(uid)`. */
const child = (onAnalyse: string, onLoad = `send({ type: 'ready', model: ${JSON.stringify(MODEL)} })`) => `
  const send = (message) => process.send(message);
  const waiting = new Map();
  const read = (sopInstanceUID) => new Promise((resolve) => { waiting.set(1, resolve); send({ type: 'read', request: 1, sopInstanceUID }); });
  process.on('message', async (message) => {
    if (message.type === 'load') { ${onLoad}; return; }
    if (message.type !== 'analyse') { waiting.get(message.request)(message); return; }
    const { input } = message;
    ${onAnalyse}
  });
  process.on('disconnect', () => process.exit(0));`;

let folder: string;
let analyser: StudyAnalyser | undefined;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'endplate-process-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => analyser?.close());

let scripts = 0;
async function start(script: string, deadlineMs = 60_000): Promise<StudyAnalyser> {
  const entry = path.join(folder, `child-${(scripts += 1)}.cjs`);
  await writeFile(entry, script);
  const options = { entry, bundle: '/a/bundle', intraOpThreads: 1, software: { name: 'Endplate', version: '0' } };
  analyser = await startProcessAnalyser({ ...options, deadlineMs });
  return analyser;
}

const input: StudyInput = {
  studyInstanceUID: '1.2',
  version: 1,
  digest: 'd',
  createdAt: '2026-11-23T10:00:00Z',
  headers: [],
  readInstance: (uid: UID) => Promise.resolve(Buffer.from(`bytes of ${uid}`)),
};
const never = new AbortController().signal;

describe('ProcessAnalyser', () => {
  it('brings instances there, and events and the result back', async () => {
    const uid = deriveUid('process-spec');
    const one = await start(
      child(`send({ type: 'event', event: { type: 'stage', stage: 'gate' } });
        const { bytes } = await read('${uid}');
        send({ type: 'result', result: { text: Buffer.from(bytes).toString(), map: new Uint8Array([1, 2]), study: input.studyInstanceUID } });`),
    );
    expect(one.model).toEqual(MODEL);
    const events: unknown[] = [];
    const result = await one.analyse(input, never, (event) => events.push(event));
    expect(result).toEqual({ text: `bytes of ${uid}`, map: new Uint8Array([1, 2]), study: '1.2' });
    expect(events).toEqual([{ type: 'stage', stage: 'gate' }]);
  });

  it('knows nothing of our environment', async () => {
    process.env['S3_SECRET_KEY'] = 'secret';
    const one = await start(child(`send({ type: 'result', result: Object.keys(process.env) })`));
    delete process.env['S3_SECRET_KEY'];
    await expect(one.analyse(input, never, () => undefined)).resolves.not.toContain('S3_SECRET_KEY');
  });

  it('tells of a store that is away by its own error', async () => {
    const away = Object.assign(new Error('away'), { code: 'STORE_UNAVAILABLE', retryable: true });
    const one = await start(child(`const { error } = await read('1.2'); send({ type: 'failed', error });`));
    const broken = { ...input, readInstance: () => Promise.reject(away) };
    await expect(one.analyse(broken, never, () => undefined)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      message: 'away',
    });
  });

  it('survives the death of its process, with a reason, and starts another one', async () => {
    const one = await start(
      child(
        `if (input.version === 1) process.kill(process.pid, 'SIGKILL'); else send({ type: 'result', result: 'well' });`,
      ),
    );
    await expect(one.analyse(input, never, () => undefined)).rejects.toMatchObject({
      code: 'WORKER_ANALYSIS_FAILED',
      retryable: true,
      message: expect.stringContaining('SIGKILL') as string,
    });
    await expect(one.analyse({ ...input, version: 2 }, never, () => undefined)).resolves.toBe('well');
  });

  it('stops a study that it is told to stop, even one that hears nothing', async () => {
    const controller = new AbortController();
    const one = await start(
      child(
        `if (input.version === 1) { send({ type: 'event', event: {} }); for (;;); } else send({ type: 'result', result: 'well' });`,
      ),
    );
    const stopped = one.analyse(input, controller.signal, () => controller.abort(new Error('lock lost')));
    await expect(stopped).rejects.toThrow('lock lost');
    await expect(one.analyse({ ...input, version: 2 }, never, () => undefined)).resolves.toBe('well');
  });

  it('gives no study for ever', async () => {
    const one = await start(child('for (;;);'), 50);
    await expect(one.analyse(input, never, () => undefined)).rejects.toMatchObject({
      code: 'WORKER_ANALYSIS_FAILED',
      message: expect.stringContaining('50 ms') as string,
    });
  });

  it('does not start with a bundle that is refused', async () => {
    const error = { name: 'BundleUnusableError', code: 'WORKER_BUNDLE_UNUSABLE', retryable: false, message: 'refused' };
    await expect(start(child('', `send({ type: 'failed', error: ${JSON.stringify(error)} })`))).rejects.toMatchObject(
      error,
    );
  });

  it('says of a foreign error only its name and place', async () => {
    const one = await start(
      child(
        `send({ type: 'failed', error: { name: 'TypeError', retryable: true, message: '', places: ['    at kernel (x.js:1:2)'] } })`,
      ),
    );
    const error = await one.analyse(input, never, () => undefined).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'WORKER_ANALYSIS_FAILED', message: 'The analysis failed: TypeError.' });
    expect(((error as Error).cause as Error).stack).toContain('at kernel');
  });
});
