import { type KeySlice, parseKeySlices, type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { type KernelResult } from '@endplate/kernel';
import { correctionKey, keySlicesKey, type ObjectStore } from '@endplate/store';
import { type VersionReason } from '@endplate/studies';
import { CorrectionUnreadableError } from '../errors';
import { type VersionManifest } from './version-manifest.port';
import { type VersionName } from './worker-event';

const MAX_CORRECTION_BYTES = 64 * 1024 ** 2;
/** Named in the remark; the rest is counted. */
const MAX_NAMED = 12;

/** A reader's correction as a reason for a version. */
export type CorrectionReason = Extract<VersionReason, { kind: 'correction' }>;

/**
 * The result of a version that a reader made: his findings, under the new version's number, with a remark that says
 * whose they are. Its key slices are those of the version that he read; it has no masks, for he drew none.
 * @throws WORKER_CORRECTION_INVALID
 */
export async function correctedResult(
  store: ObjectStore,
  { studyInstanceUID, version }: VersionName,
  manifest: VersionManifest,
  { sha256, authorRole, changed }: CorrectionReason,
): Promise<KernelResult> {
  const bytes = await store.get(correctionKey(studyInstanceUID, sha256), { maxBytes: MAX_CORRECTION_BYTES });
  const parsed = studyFindingsSchema.safeParse(jsonOf(bytes));
  if (!parsed.success || parsed.data.studyInstanceUID !== studyInstanceUID) throw new CorrectionUnreadableError();
  const findings: StudyFindings = {
    ...parsed.data,
    version,
    digest: manifest.digest,
    createdAt: manifest.createdAt,
    ...(manifest.predecessorVersion === undefined ? {} : { predecessorVersion: manifest.predecessorVersion }),
    correction: { authorRole, changed },
    remarks: [...parsed.data.remarks, remark(authorRole, changed, manifest.predecessorVersion)],
  };
  return { findings, labelMaps: [], keySlices: await slicesOf(store, studyInstanceUID, manifest.predecessorVersion) };
}

/** None where the version was written by a program that did not keep them. */
async function slicesOf(
  store: ObjectStore,
  studyInstanceUID: string,
  version: number | undefined,
): Promise<readonly KeySlice[]> {
  if (version === undefined) return [];
  try {
    const bytes = await store.get(keySlicesKey(studyInstanceUID, version), { maxBytes: MAX_CORRECTION_BYTES });
    return parseKeySlices(bytes.toString('utf8')).slices;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') return [];
    throw error;
  }
}

/** The sentence for a version that the program measured anew after a reader had corrected the one before. */
export function correctionLost(version: number, { authorRole }: CorrectionReason): string {
  return `Version ${version} was corrected by a ${authorRole}; this version was measured anew and does not hold that correction.`;
}

function remark(authorRole: string, changed: readonly string[], of: number | undefined): string {
  const rest = changed.length > MAX_NAMED ? ` and ${changed.length - MAX_NAMED} more` : '';
  const what = `${changed.slice(0, MAX_NAMED).join(', ')}${rest}`;
  return `Corrected by a ${authorRole} after version ${of ?? 0}: ${what}. Everything else is the program's.`;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
