import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type UserIdentity } from '@endplate/dimse';
import { type RequiredIdentity } from './ae-directory';

/** Says whether a caller is who the AE list says it must be. */
export type IdentityCheck = (required: RequiredIdentity, shown: UserIdentity | undefined) => Promise<boolean>;

const USERNAME = 1;
const USERNAME_AND_PASSCODE = 2;

/**
 * Compares name and passcode. The passcode is read anew each time, so that one that was changed holds at once; one that
 * cannot be read, or is empty, lets nobody in.
 * @standard PS3.7 D.3.3.7
 */
export function identityCheck(env: NodeJS.ProcessEnv = process.env): IdentityCheck {
  return async (required, shown) => {
    if (shown === undefined) return false;
    const { username, passcodeFile, passcodeEnv } = required;
    const named = isSame(shown.primaryField, username);
    if (passcodeFile === undefined && passcodeEnv === undefined) {
      return named && (shown.type === USERNAME || shown.type === USERNAME_AND_PASSCODE);
    }
    const passcode = passcodeFile === undefined ? env[passcodeEnv ?? ''] : await firstLine(passcodeFile);
    return shown.type === USERNAME_AND_PASSCODE && !!passcode && isSame(shown.secondaryField, passcode) && named;
  };
}

async function firstLine(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.split(/\r?\n/, 1)[0];
}

/** In a time that does not depend on how much is the same. */
function isSame(shown: Buffer, expected: string): boolean {
  const digest = (value: Buffer | string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(shown), digest(expected));
}
