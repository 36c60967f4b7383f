import { join } from 'node:path';
import { volatileKind } from './volatile-folder';

/** A spool that shares its disk with other things of a site on one machine, bytes. */
const SPOOL_BYTES = 2 * 1024 ** 3;

/**
 * Settings with a spool in the data folder, where they neither name one nor ask for acknowledgement by the store. A data
 * folder in memory gets none: what is acknowledged there is lost with it in either way.
 */
export function withSpoolBeside(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
): Readonly<Record<string, string | undefined>> {
  if (env['ENDPLATE_SPOOL_DIR'] || env['ENDPLATE_ACKNOWLEDGE'] === 'store') return env;
  if (volatileKind(dataDir) !== undefined) return env;
  return {
    ...env,
    ENDPLATE_SPOOL_DIR: join(dataDir, 'spool'),
    ENDPLATE_SPOOL_MAX_BYTES: env['ENDPLATE_SPOOL_MAX_BYTES'] ?? String(SPOOL_BYTES),
  };
}
