import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type UserIdentity } from '@endplate/dimse';
import { identityCheck } from './user-identity';

const shown = (type: number, name: string, passcode = ''): UserIdentity => ({
  type,
  positiveResponseRequested: true,
  primaryField: Buffer.from(name),
  secondaryField: Buffer.from(passcode),
});
const check = identityCheck({ CT1_PASSCODE: 'open sesame', EMPTY: '' });

describe('the user identity an AE must show', () => {
  it('is the name, with or without passcode, where the list asks for no more', async () => {
    const required = { username: 'ct1' };
    expect(await check(required, shown(1, 'ct1'))).toBe(true);
    expect(await check(required, shown(2, 'ct1', 'whatever'))).toBe(true);
    expect(await check(required, shown(1, 'ct2'))).toBe(false);
    expect(await check(required, shown(3, 'ct1'))).toBe(false);
    expect(await check(required, undefined)).toBe(false);
  });

  it('is name and passcode', async () => {
    const required = { username: 'ct1', passcodeEnv: 'CT1_PASSCODE' };
    expect(await check(required, shown(2, 'ct1', 'open sesame'))).toBe(true);
    expect(await check(required, shown(2, 'ct1', 'open'))).toBe(false);
    expect(await check(required, shown(2, 'other', 'open sesame'))).toBe(false);
    expect(await check(required, shown(1, 'ct1'))).toBe(false);
  });

  it('lets nobody in where the passcode is not there, or empty', async () => {
    expect(await check({ username: 'ct1', passcodeEnv: 'EMPTY' }, shown(2, 'ct1', ''))).toBe(false);
    expect(await check({ username: 'ct1', passcodeEnv: 'NONE' }, shown(2, 'ct1', ''))).toBe(false);
    expect(await check({ username: 'ct1', passcodeFile: '/nowhere' }, shown(2, 'ct1', ''))).toBe(false);
  });

  it('takes a passcode that was changed at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'endplate-identity-'));
    const required = { username: 'ct1', passcodeFile: join(folder, 'passcode') };
    await writeFile(required.passcodeFile, 'first\n');
    expect(await check(required, shown(2, 'ct1', 'first'))).toBe(true);
    await writeFile(required.passcodeFile, 'second\n');
    expect(await check(required, shown(2, 'ct1', 'first'))).toBe(false);
    expect(await check(required, shown(2, 'ct1', 'second'))).toBe(true);
    await rm(folder, { recursive: true });
  });
});
