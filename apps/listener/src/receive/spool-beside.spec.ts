import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseListenerConfig } from '../listener.config';
import { withSpoolBeside } from './spool-beside';

describe('withSpoolBeside', () => {
  // Not the system's temporary folder, which may lie in memory.
  const folder = mkdtempSync(join(__dirname, '.spool-beside-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const dicomOf = (env: Record<string, string>) => parseListenerConfig(withSpoolBeside(env, folder)).dicom;

  it('acknowledges by a spool in the data folder, of a size for one machine', () => {
    expect(dicomOf({})).toMatchObject({ spoolDir: join(folder, 'spool'), spoolMaxBytes: 2 * 1024 ** 3 });
    expect(dicomOf({ ENDPLATE_ACKNOWLEDGE: 'spool', ENDPLATE_SPOOL_MAX_BYTES: '1073741824' })).toMatchObject({
      spoolDir: join(folder, 'spool'),
      spoolMaxBytes: 1024 ** 3,
    });
  });

  it('leaves alone what is asked for', () => {
    expect(dicomOf({ ENDPLATE_ACKNOWLEDGE: 'store' }).spoolDir).toBeUndefined();
    expect(dicomOf({ ENDPLATE_SPOOL_DIR: join(folder, 'other') })).toMatchObject({
      spoolDir: join(folder, 'other'),
      spoolMaxBytes: 8 * 1024 ** 3,
    });
  });

  it('makes none in memory', () => {
    expect(withSpoolBeside({}, '/dev/shm/endplate')).toEqual({});
  });
});
