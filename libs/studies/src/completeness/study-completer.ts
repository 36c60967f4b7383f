import { type ExclusiveLock, type JobData, type JobPublisher } from '@endplate/queue';
import { findingsKey, type ObjectStore } from '@endplate/store';
import { VersionContendedError } from '../errors';
import { type Timeline } from '../timeline/timeline';
import { digestInstances, type Manifest } from '../version/manifest';
import { type InstanceSet, type Manifests } from '../version/manifests';

/** What came of a quiet period. */
export type CompletionOutcome =
  /** There is no instance at all. */
  | { readonly kind: 'empty' }
  /** Instances came while the job waited for its turn; the quiet period began anew. */
  | { readonly kind: 'moving' }
  /** The set is that of the latest version. */
  | { readonly kind: 'unchanged'; readonly version: number }
  | { readonly kind: 'version-created'; readonly version: number; readonly instances: number };

/** What the completer needs. */
export interface CompleterPorts {
  readonly store: ObjectStore;
  readonly manifests: Manifests;
  readonly timeline: Pick<Timeline, 'append'>;
  readonly jobs: Pick<JobPublisher, 'completeness' | 'analyse'>;
  readonly lock: ExclusiveLock;
  readonly now: () => Date;
}

/** How often a study that still moves is waited for again; a sender that never pauses gets a version all the same. */
const MAX_REARMED = 5;
const MAX_TRIES = 5;

/** Makes versions of studies. */
export class StudyCompleter {
  constructor(private readonly ports: CompleterPorts) {}

  /**
   * Ends a study's quiet period: a set of instances that differs from that of the latest version becomes the next
   * version, and its analysis is asked for. Safe to run twice and at the same time: one process at a time holds the
   * study's lock, and a manifest is only ever written where there is none.
   * @throws QUEUE_LOCK_BUSY, QUEUE_LOCK_LOST, QUEUE_UNAVAILABLE, STUDIES_VERSION_CONTENDED, and the store's failures
   */
  complete(job: JobData<'completeness'>): Promise<CompletionOutcome> {
    return this.ports.lock.withLock(`study:${job.studyInstanceUID}`, async (signal) => {
      const set = await this.ports.manifests.instances(job.studyInstanceUID);
      if (!set.lastAt) return { kind: 'empty' };
      if (this.isMoving(set.lastAt, job)) {
        await this.ports.jobs.completeness({ ...job, rearmed: job.rearmed + 1 });
        return { kind: 'moving' };
      }
      return this.nextVersion(job, set, set.lastAt, signal);
    });
  }

  /**
   * The queue measures the quiet period; this catches only instances that came while the job waited for a free hand.
   * Half the period leaves room for a store whose clock is not ours.
   */
  private isMoving(lastAt: Date, { quietMs, rearmed }: JobData<'completeness'>): boolean {
    const silentMs = Math.max(0, this.ports.now().getTime() - lastAt.getTime());
    return rearmed < MAX_REARMED && silentMs < quietMs / 2;
  }

  private async nextVersion(
    job: JobData<'completeness'>,
    set: InstanceSet,
    lastAt: Date,
    signal: AbortSignal,
  ): Promise<CompletionOutcome> {
    const { studyInstanceUID, priority, quietMs } = job;
    const digest = digestInstances(set.instances);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const latest = await this.ports.manifests.latest(studyInstanceUID);
      if (latest?.digest === digest) return this.unchanged(latest);
      const version = (latest?.version ?? 0) + 1;
      const manifest: Manifest = {
        schema: 'endplate.manifest/1',
        studyInstanceUID,
        version,
        digest,
        ...(latest ? { predecessorVersion: latest.version } : {}),
        createdAt: this.ports.now().toISOString(),
        priority,
        evidence: { kind: 'quiet-period', quietMs, lastInstanceAt: lastAt.toISOString() },
        instances: [...set.instances],
      };
      signal.throwIfAborted();
      if (!(await this.create(manifest))) continue;
      const series = new Set(set.instances.map((one) => one.seriesInstanceUID)).size;
      const facts = { instances: set.instances.length, series, evidence: manifest.evidence.kind, quietMs };
      await this.ports.timeline.append({ studyInstanceUID, version }, 'version-created', facts);
      // A crash before this leaves a manifest without a job: the repeated job, or reconcile, finds it and asks.
      await this.ports.jobs.analyse({ studyInstanceUID, version, priority });
      return { kind: 'version-created', version, instances: set.instances.length };
    }
    throw new VersionContendedError(MAX_TRIES);
  }

  /** False when another process was first. */
  private async create(manifest: Manifest): Promise<boolean> {
    try {
      await this.ports.manifests.create(manifest);
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'STORE_EXISTS') throw error;
      return false;
    }
  }

  private async unchanged({ studyInstanceUID, version, priority }: Manifest): Promise<CompletionOutcome> {
    if (!(await this.ports.store.stat(findingsKey(studyInstanceUID, version)))) {
      await this.ports.jobs.analyse({ studyInstanceUID, version, priority });
    }
    return { kind: 'unchanged', version };
  }
}
