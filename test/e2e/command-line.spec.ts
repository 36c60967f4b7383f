import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { endplate } from '../servers/cli';

describe('the command line keeps its exit codes: 0 done, 1 the work failed, 2 usage', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-cli-'));
    await writeFile(path.join(folder, 'notes.txt'), 'not DICOM');
    await writeFile(path.join(folder, 'cut.dcm'), Buffer.concat([Buffer.alloc(128), Buffer.from('DICM\u0002\u0000')]));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['no command of this name', ['bogus']],
    ['a missing option', ['analyse', '.']],
    ['a peer that is none', ['send', '.', '--to', 'nowhere']],
    ['a folder that is not there', ['evaluate', '/no/such/folder']],
    ['a file that is not there', ['validate', '/no/such/file.dcm']],
  ])('2 for %s', async (_, args) => {
    const run = await endplate(...args);
    expect(run.stderr).not.toBe('');
    expect(run.code).toBe(2);
  });

  it('1 for a folder without DICOM, saying so', async () => {
    const run = await endplate('send', folder, '--to', 'X@127.0.0.1:104');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('No DICOM');
  });

  it('1 for a file that no reader takes, as text and as JSON', async () => {
    const file = path.join(folder, 'cut.dcm');
    expect(await endplate('validate', file)).toMatchObject({ code: 1, stdout: expect.stringContaining('BAD') });
    const json = await endplate('validate', file, '--json');
    const verdicts = (JSON.parse(json.stdout) as { verdicts: { errors: string[] }[] }).verdicts;
    expect(verdicts[0]?.errors).toHaveLength(1);
  });

  it.each(['analyse', 'evaluate', 'send', 'validate'])('0 for %s --help', async (command) => {
    const run = await endplate(command, '--help');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('Usage:');
  });
});
