import { type JobPublisher } from '@endplate/queue';
import { isStorableUid, type ObjectStore, STUDIES_PREFIX } from '@endplate/store';
import { isDeliveryOver } from '../delivery/delivery-record';
import { readFindingsOutcome } from '../record/findings-outcome';
import { latestReception, type ReceptionRules } from '../record/reception';
import { StudyReader } from '../record/study-reader';
import { type Timeline } from '../timeline/timeline';
import { digestInstances, type Manifest } from '../version/manifest';
import { Manifests } from '../version/manifests';

/** What reconcile needs. */
export interface ReconcilePorts {
  readonly store: ObjectStore;
  readonly timeline: Pick<Timeline, 'read' | 'latest'>;
  readonly jobs: Pick<JobPublisher, 'completeness' | 'analyse' | 'deliver'>;
  /** Names of the destinations every analysed version goes to. */
  readonly destinations: readonly string[];
  /** Names of those that also hear of a version that was not analysed. */
  readonly told?: readonly string[];
  /** For studies whose timeline does not tell. */
  readonly defaults: ReceptionRules;
  readonly now: () => Date;
  /**
   * Waits behind each study that took so many ms, so that a pass over everything is no load to whoever shares the
   * process; whoever waits for the pass leaves it out.
   */
  readonly rest?: (workedMs: number) => Promise<unknown>;
}

/** What reconcile found; a job that was there already counts under `present`. */
export interface ReconcileReport {
  studies: number;
  completeness: number;
  analyse: number;
  deliver: number;
  present: number;
  /** Versions whose analysis failed so often that a person must look. */
  parked: number;
  /** Studies that could not be looked at, for example because a record is damaged. */
  failed: number;
}

const STUDIES_AT_ONCE = 4;
/** Of them while each is followed by a rest. */
const STUDIES_WITH_RESTS = 1;
/** Rounds of tries of one version, each ended by an `analysis-failed` in its timeline. */
const MAX_GIVEN_UP = 3;

/**
 * Rebuilds the motion from the truth: walks the object store and gives every job that the objects call for. Running it
 * at any time, often, or in two processes is harmless, for jobs are unique and idempotent.
 * @throws QUEUE_UNAVAILABLE, and what the store throws when it is away; a damaged study is counted and passed over
 */
export async function reconcile(ports: ReconcilePorts, signal?: AbortSignal): Promise<ReconcileReport> {
  const pass = new ReconcilePass(ports);
  const running = new Set<Promise<void>>();
  for await (const studyInstanceUID of ports.store.children(STUDIES_PREFIX)) {
    if (signal?.aborted || pass.failure) break;
    if (!isStorableUid(studyInstanceUID)) continue;
    const one: Promise<void> = pass.study(studyInstanceUID).finally(() => running.delete(one));
    running.add(one);
    if (running.size >= (ports.rest ? STUDIES_WITH_RESTS : STUDIES_AT_ONCE)) await Promise.race(running);
  }
  await Promise.all(running);
  if (pass.failure) throw pass.failure.reason;
  signal?.throwIfAborted();
  return pass.report;
}

class ReconcilePass {
  readonly report: ReconcileReport = {
    studies: 0,
    completeness: 0,
    analyse: 0,
    deliver: 0,
    present: 0,
    parked: 0,
    failed: 0,
  };
  /** The first failure that is not one study's own. */
  failure: { readonly reason: unknown } | undefined;
  private readonly manifests: Manifests;
  private readonly reader: StudyReader;

  constructor(private readonly ports: ReconcilePorts) {
    this.manifests = new Manifests(ports.store);
    this.reader = new StudyReader(ports.store, ports.timeline);
  }

  /** Never rejects, unless the rest does. */
  async study(studyInstanceUID: string): Promise<void> {
    const { rest } = this.ports;
    const startedAt = performance.now();
    await this.lookAt(studyInstanceUID);
    await rest?.(performance.now() - startedAt);
  }

  private async lookAt(studyInstanceUID: string): Promise<void> {
    this.report.studies += 1;
    try {
      const latest = await this.manifests.latest(studyInstanceUID);
      await this.completeness(studyInstanceUID, latest);
      for (const version of await this.manifests.versions(studyInstanceUID)) {
        const manifest = version === latest?.version ? latest : await this.manifests.read(studyInstanceUID, version);
        if (manifest) await this.version(manifest);
      }
    } catch (reason) {
      const hopeless = (reason as { retryable?: unknown } | undefined)?.retryable === false;
      if (hopeless) this.report.failed += 1;
      else this.failure ??= { reason };
    }
  }

  /** Instances that no version has: they get what is left of their quiet period. */
  private async completeness(studyInstanceUID: string, latest: Manifest | undefined): Promise<void> {
    const { instances, lastAt } = await this.manifests.instances(studyInstanceUID);
    if (!lastAt || latest?.digest === digestInstances(instances)) return;
    const { quietMs, priority } = await this.reception(studyInstanceUID);
    const silentMs = Math.max(0, this.ports.now().getTime() - lastAt.getTime());
    const leftMs = Math.max(0, quietMs - silentMs);
    await this.ports.jobs.completeness({ studyInstanceUID, quietMs, priority }, leftMs);
    this.report.completeness += 1;
  }

  private async version({ studyInstanceUID, version, priority }: Manifest): Promise<void> {
    const outcome = await readFindingsOutcome(this.ports.store, studyInstanceUID, version);
    if (!outcome) {
      if (await this.isParked(studyInstanceUID, version)) {
        this.report.parked += 1;
        return;
      }
      this.count('analyse', await this.ports.jobs.analyse({ studyInstanceUID, version, priority }));
      return;
    }
    const destinations = outcome.status === 'analysed' ? this.ports.destinations : (this.ports.told ?? []);
    const records = destinations.length > 0 ? await this.reader.deliveries(studyInstanceUID, version) : [];
    for (const destination of destinations) {
      const record = records.find((one) => one.destination === destination);
      if (record && isDeliveryOver(record)) continue;
      this.count('deliver', await this.ports.jobs.deliver({ studyInstanceUID, version, destination }));
    }
  }

  /** A version whose analysis was given up this often waits for a person. */
  private async isParked(studyInstanceUID: string, version: number): Promise<boolean> {
    const events = await this.ports.timeline.read(studyInstanceUID);
    const failures = events.filter((event) => event.type === 'analysis-failed' && event.version === version);
    return failures.length >= MAX_GIVEN_UP;
  }

  private async reception(studyInstanceUID: string): Promise<ReceptionRules> {
    return (await latestReception(this.ports.timeline, studyInstanceUID)) ?? this.ports.defaults;
  }

  private count(kind: 'analyse' | 'deliver', outcome: 'added' | 'present'): void {
    this.report[outcome === 'added' ? kind : 'present'] += 1;
  }
}
