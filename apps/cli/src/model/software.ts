import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type SoftwareIdentity } from '@endplate/findings';

/** Name and version of this program, from package.json. */
export async function softwareIdentity(): Promise<SoftwareIdentity> {
  const file = path.resolve(__dirname, '../../../../../package.json');
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return { name: 'Endplate', version };
}
