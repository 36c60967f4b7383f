import { createHash } from 'node:crypto';
import { type ExclusiveLock, type JobPublisher } from '@endplate/queue';
import { correctionKey, findingsKey, type ObjectStore } from '@endplate/store';
import { NoVersionError, VersionOvertakenError } from '../errors';
import { type Timeline } from '../timeline/timeline';
import { type Manifest, type VersionReason } from './manifest';
import { Manifests } from './manifests';

/** Everything that makes a version on request reaches the world through. */
export interface NextVersionPorts {
  readonly store: ObjectStore;
  readonly timeline: Pick<Timeline, 'append'>;
  readonly jobs: Pick<JobPublisher, 'analyse'>;
  readonly lock: ExclusiveLock;
  readonly now: () => Date;
}

/** A reader's correction. */
export interface CorrectionRequest {
  readonly studyInstanceUID: string;
  /** Version that was read; it must be the latest. */
  readonly ofVersion: number;
  readonly authorRole: Extract<VersionReason, { kind: 'correction' }>['authorRole'];
  /** What was changed, in words; no patient data. */
  readonly changed: readonly string[];
  /** The corrected findings, as JSON. */
  readonly findings: Buffer;
  /** Address that it came from, for the timeline, where it came over the network. */
  readonly from?: string;
}

/**
 * Makes a new version of the same instances, because there is another network or program. A version that was made so
 * and waits for its analysis is not followed by another one.
 * @returns the number of the version
 * @throws STUDIES_NO_VERSION, QUEUE_ codes, and what the store throws when it is away
 */
export function reprocessStudy(ports: NextVersionPorts, studyInstanceUID: string): Promise<number> {
  return ports.lock.withLock(`study:${studyInstanceUID}`, async (signal) => {
    const latest = await latestOf(ports, studyInstanceUID);
    const waits = !(await ports.store.stat(findingsKey(studyInstanceUID, latest.version)));
    if (waits) {
      await askForAnalysis(ports, latest);
      return latest.version;
    }
    return nextVersion(ports, latest, { kind: 'model' }, {}, signal);
  });
}

/**
 * Makes a new version of a reader's corrected findings. The version that was read stays as it is; the correction lies
 * under its digest, so that the same correction asked for twice is one object.
 * @returns the number of the version
 * @throws STUDIES_NO_VERSION, STUDIES_VERSION_OVERTAKEN where another version is the latest by now, QUEUE_ codes
 */
export function correctStudy(ports: NextVersionPorts, request: CorrectionRequest): Promise<number> {
  const { studyInstanceUID, ofVersion, authorRole, changed, findings, from } = request;
  return ports.lock.withLock(`study:${studyInstanceUID}`, async (signal) => {
    const latest = await latestOf(ports, studyInstanceUID);
    if (latest.version !== ofVersion) throw new VersionOvertakenError(ofVersion, latest.version);
    const sha256 = createHash('sha256').update(findings).digest('hex');
    await ports.store.put(correctionKey(studyInstanceUID, sha256), findings, { contentType: 'application/json' });
    const reason = { kind: 'correction', authorRole, sha256, changed: [...changed].slice(0, 200) } as const;
    const told = { authorRole, changed: changed.length, ...(from === undefined ? {} : { from }) };
    return nextVersion(ports, latest, reason, told, signal);
  });
}

async function latestOf({ store }: NextVersionPorts, studyInstanceUID: string): Promise<Manifest> {
  const latest = await new Manifests(store).latest(studyInstanceUID);
  if (!latest) throw new NoVersionError();
  return latest;
}

async function nextVersion(
  ports: NextVersionPorts,
  latest: Manifest,
  reason: VersionReason,
  facts: Readonly<Record<string, string | number>>,
  signal: AbortSignal,
): Promise<number> {
  const { studyInstanceUID, instances } = latest;
  const version = latest.version + 1;
  const manifest: Manifest = {
    ...latest,
    version,
    predecessorVersion: latest.version,
    createdAt: ports.now().toISOString(),
    reason,
  };
  signal.throwIfAborted();
  await new Manifests(ports.store).create(manifest);
  const told = { instances: instances.length, reason: reason.kind, ...facts };
  await ports.timeline.append({ studyInstanceUID, version }, 'version-created', told);
  // A crash before this leaves a manifest without a job: `reconcile` finds it and asks.
  await askForAnalysis(ports, manifest);
  return version;
}

async function askForAnalysis({ jobs }: NextVersionPorts, manifest: Manifest): Promise<void> {
  const { studyInstanceUID, version, priority } = manifest;
  await jobs.analyse({ studyInstanceUID, version, priority });
}
