import { type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { findingsKey, type ObjectStore } from '@endplate/store';
import { Manifests } from '@endplate/studies';
import { NotAnalysedYetError } from '../errors';
import { type DeliveryName } from '../ladder';

/** A version of a study, whatever the destination. */
export type VersionName = Omit<DeliveryName, 'destination'>;

/** @throws NOTIFIER_NOT_ANALYSED_YET */
export async function versionFindings(
  store: ObjectStore,
  { studyInstanceUID, version }: VersionName,
): Promise<StudyFindings> {
  try {
    const bytes = await store.get(findingsKey(studyInstanceUID, version));
    return studyFindingsSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') throw new NotAnalysedYetError();
    throw error;
  }
}

/** The latest version after this one that was analysed: its report is the current one, this one never will be. */
export async function laterAnalysedVersion(
  store: ObjectStore,
  { studyInstanceUID, version }: VersionName,
): Promise<number | undefined> {
  const versions = await new Manifests(store).versions(studyInstanceUID);
  for (const later of versions.filter((one) => one > version).reverse()) {
    const findings = await versionFindings(store, { studyInstanceUID, version: later }).catch((error: unknown) => {
      if (error instanceof NotAnalysedYetError) return undefined;
      throw error;
    });
    if (findings?.outcome.status === 'analysed') return later;
  }
  return undefined;
}
