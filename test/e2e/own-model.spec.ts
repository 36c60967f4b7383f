import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../servers/cli';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a compiled program with a bundle and waits for its end. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(ROOT, program), ...args], { env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

describe('a model bundle that does not fit is refused at start, with a sentence that says why', () => {
  let folder: string;
  let shipped: Record<string, unknown>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-own-model-'));
    await cp(path.join(ROOT, 'models/spine-seg'), folder, { recursive: true });
    shipped = JSON.parse(await readFile(path.join(folder, 'bundle.json'), 'utf8')) as Record<string, unknown>;
  });
  afterAll(() => rm(folder, { recursive: true }));

  const labels = ['background', 'vertebral-body', 'disc'].map((name) => ({ name, class: name }));
  const unfit: [string, Record<string, unknown>, string][] = [
    ['digest', { sha256: 'b'.repeat(64) }, `its bundle.json says ${'b'.repeat(64)}`],
    ['labels', { classes: undefined, labels }, 'the bundle says float32 [n, 3 channels, any, any]'],
    ['shape', { output: { name: 'logits', activation: 'softmax' } }, 'The network has no tensor'],
  ];

  it.each(unfit)('by the worker: %s', async (_what, change, why) => {
    await writeFile(path.join(folder, 'bundle.json'), JSON.stringify({ ...shipped, ...change }));
    const { code, output } = await run('dist/apps/worker/src/main.js', [], {
      MODEL_BUNDLE: folder,
      ENDPLATE_DATA_DIR: path.join(folder, 'data'),
      REDIS_URL: 'redis://127.0.0.1:1',
      ENDPLATE_HTTP_PORT: '0',
    });
    expect(code).toBe(1);
    const last = output.split('\n').find((line) => line.includes('"PLT-001"')) ?? '{}';
    expect((JSON.parse(last) as { error?: unknown }).error).toMatchObject({
      code: 'WORKER_BUNDLE_UNUSABLE',
      message: expect.stringContaining(why) as unknown,
    });
    expect(output).not.toContain('"Started"');
  });

  it.each(unfit)('by the command line: %s', async (_what, change, why) => {
    await writeFile(path.join(folder, 'bundle.json'), JSON.stringify({ ...shipped, ...change }));
    await writeFile(path.join(folder, 'x_labels.nii.gz'), '');
    const { code, output } = await run('apps/cli/bin/endplate.js', ['evaluate', folder], { MODEL_BUNDLE: folder });
    expect(code).toBe(1);
    expect(output).toContain(why);
  });
});
