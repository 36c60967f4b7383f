import { transformFileSync } from '@swc/core';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startThreads, type ThreadPool } from './thread-pool';

const TASKS = `exports.createTasks = async ({ greeting }) => {
  if (greeting === 'never') throw Object.assign(new RangeError('no greeting'), { code: 'X_NEVER', retryable: false });
  let calls = 0;
  const { threadId } = require('node:worker_threads');
  return {
    greet: (name) => greeting + ' ' + name + ' ' + ++calls,
    meet: ({ seen, wanted }) => {
      // Goes on when as many tasks as wanted are under way, each in a thread of its own.
      Atomics.add(seen, 0, 1);
      Atomics.notify(seen, 0);
      for (let n; (n = Atomics.load(seen, 0)) < wanted; ) Atomics.wait(seen, 0, n);
      return threadId;
    },
    twice: (values) => values.map((value) => 2 * value),
    fail: () => { throw Object.assign(new TypeError('wrong'), { code: 'X_WRONG', retryable: true, name: 'WrongError' }); },
    end: () => process.exit(3),
  };
};`;

let folder: string;
let pool: ThreadPool | undefined;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'endplate-threads-'));
  const { code } = transformFileSync(path.join(__dirname, 'thread-entry.ts'));
  await writeFile(path.join(folder, 'thread-entry.js'), code);
  await writeFile(path.join(folder, 'tasks.js'), TASKS);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => pool?.close());

async function start(width: number, greeting = 'hello'): Promise<ThreadPool> {
  const [file, entry] = [path.join(folder, 'tasks.js'), path.join(folder, 'thread-entry.js')];
  pool = await startThreads({ file, entry, create: 'createTasks', setup: { greeting }, width });
  return pool;
}

describe('startThreads', () => {
  it('does tasks that were set up once per thread', async () => {
    const one = await start(1);
    expect(await Promise.all(['a', 'b'].map((name) => one.run('greet', name)))).toEqual(['hello a 1', 'hello b 2']);
  });

  it('does as many at a time as there are threads, over shared memory', async () => {
    const two = await start(2);
    const seen = new Int32Array(new SharedArrayBuffer(4));
    const meet = (): Promise<unknown> => two.run('meet', { seen, wanted: 2 });
    expect(new Set(await Promise.all([meet(), meet()])).size).toBe(2);
    expect(seen[0]).toBe(2);
  });

  it('moves what it is given and what it gives', async () => {
    const one = await start(1);
    const values = Float32Array.of(1, 2, 3);
    expect(await one.run('twice', values, [values.buffer])).toEqual(Float32Array.of(2, 4, 6));
    expect(values).toHaveLength(0);
  });

  it('throws what a task throws, with name, code and retryable, and goes on', async () => {
    const one = await start(1);
    await expect(one.run('fail', undefined)).rejects.toMatchObject({ name: 'WrongError', message: 'wrong', code: 'X_WRONG', retryable: true }); // prettier-ignore
    await expect(one.run('greet', () => 'no clone')).rejects.toMatchObject({ name: 'DataCloneError' });
    expect(await one.run('greet', 'c')).toBe('hello c 1');
  });

  it('replaces a thread that ends, and says so to its task alone', async () => {
    const one = await start(1);
    const [ended, next] = await Promise.allSettled([one.run('end', undefined), one.run('greet', 'd')]);
    expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'PLATFORM_THREAD_ENDED', retryable: true } });
    expect(next).toEqual({ status: 'fulfilled', value: 'hello d 1' });
  });

  it('does not start with a module that refuses its setup', async () => {
    await expect(start(2, 'never')).rejects.toMatchObject({ code: 'X_NEVER', retryable: false, name: 'RangeError' });
  });

  it('ends what it has begun and takes nothing more when it is closed', async () => {
    const one = await start(1);
    const begun = one.run('greet', 'd');
    await one.close();
    expect(await begun).toBe('hello d 1');
    await expect(one.run('greet', 'e')).rejects.toMatchObject({ code: 'PLATFORM_THREAD_ENDED' });
  });
});
