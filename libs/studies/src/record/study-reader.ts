import { deliveriesPrefix, type ObjectStore, parseObjectKey, STUDIES_PREFIX } from '@endplate/store';
import { type DeliveryRecord, deliveryRecordSchema } from '../delivery/delivery-record';
import { type Timeline, type TimelineEvent } from '../timeline/timeline';
import { digestInstances, type Manifest } from '../version/manifest';
import { Manifests } from '../version/manifests';
import { type FindingsOutcome, readFindingsOutcome } from './findings-outcome';
import { readRecord } from './read-record';
import { stateOfVersion, type StudyState } from './study-state';

/** One version as the objects tell it. */
export interface VersionRecord {
  readonly version: number;
  readonly state: StudyState;
  readonly createdAt: string;
  readonly priority: Manifest['priority'];
  readonly instances: number;
  readonly evidence: Manifest['evidence'];
  /** Absent while there are no findings. */
  readonly outcome?: FindingsOutcome;
  /** One per destination, ascending by name. */
  readonly deliveries: readonly DeliveryRecord[];
}

/** One row of the worklist. */
export interface StudyRecord {
  readonly studyInstanceUID: string;
  /** Of the latest version; `received` before the first. */
  readonly state: StudyState;
  /** Instances and series stored now. */
  readonly instances: number;
  readonly series: number;
  /** ISO 8601, UTC; store's times of the oldest and the youngest instance. */
  readonly firstInstanceAt?: string;
  readonly lastInstanceAt?: string;
  /** True when instances are stored that no version has yet. */
  readonly hasLateInstances: boolean;
  /** The latest version. */
  readonly latest?: VersionRecord;
}

/** Everything about one study. */
export interface StudyDetails extends StudyRecord {
  /** Ascending. */
  readonly versions: readonly VersionRecord[];
  /** Oldest first. */
  readonly events: readonly TimelineEvent[];
}

/** Reads what is known of studies from the objects alone; needs no Redis. */
export class StudyReader {
  private readonly manifests: Manifests;

  constructor(
    private readonly store: ObjectStore,
    private readonly timeline: Pick<Timeline, 'read' | 'latest'>,
  ) {
    this.manifests = new Manifests(store);
  }

  /** Study Instance UIDs, in no promised order. */
  studies(): AsyncIterable<string> {
    return this.store.children(STUDIES_PREFIX);
  }

  /** The row of one study; undefined where nothing is stored of it. */
  async read(studyInstanceUID: string): Promise<StudyRecord | undefined> {
    const set = await this.manifests.instances(studyInstanceUID);
    const manifest = await this.manifests.latest(studyInstanceUID);
    if (set.instances.length === 0 && !manifest) return undefined;
    const latest = manifest ? await this.version(manifest) : undefined;
    return {
      studyInstanceUID,
      state: latest?.state ?? 'received',
      instances: set.instances.length,
      series: new Set(set.instances.map((one) => one.seriesInstanceUID)).size,
      ...(set.firstAt ? { firstInstanceAt: set.firstAt.toISOString() } : {}),
      ...(set.lastAt ? { lastInstanceAt: set.lastAt.toISOString() } : {}),
      hasLateInstances: manifest !== undefined && manifest.digest !== digestInstances(set.instances),
      ...(latest ? { latest } : {}),
    };
  }

  /** Everything about one study; undefined where nothing is stored of it. */
  async details(studyInstanceUID: string): Promise<StudyDetails | undefined> {
    const record = await this.read(studyInstanceUID);
    if (!record) return undefined;
    const versions: VersionRecord[] = [];
    for (const version of await this.manifests.versions(studyInstanceUID)) {
      const manifest = await this.manifests.read(studyInstanceUID, version);
      if (manifest) versions.push(await this.version(manifest));
    }
    return { ...record, versions, events: await this.timeline.read(studyInstanceUID) };
  }

  /** The deliveries of one version, ascending by destination. */
  async deliveries(studyInstanceUID: string, version: number): Promise<DeliveryRecord[]> {
    const prefix = deliveriesPrefix(studyInstanceUID, version);
    const records: DeliveryRecord[] = [];
    for await (const name of this.store.children(prefix)) {
      const record = await readRecord(this.store, parseObjectKey(`${prefix}${name}`), deliveryRecordSchema);
      if (record) records.push(record);
    }
    return records.sort((a, b) => (a.destination < b.destination ? -1 : 1));
  }

  private async version({ studyInstanceUID, version, ...manifest }: Manifest): Promise<VersionRecord> {
    const outcome = await readFindingsOutcome(this.store, studyInstanceUID, version);
    const deliveries = await this.deliveries(studyInstanceUID, version);
    const lastStep = outcome ? undefined : await this.lastAnalysisStep(studyInstanceUID, version);
    return {
      version,
      state: stateOfVersion(outcome, deliveries, lastStep),
      createdAt: manifest.createdAt,
      priority: manifest.priority,
      instances: manifest.instances.length,
      evidence: manifest.evidence,
      ...(outcome ? { outcome } : {}),
      deliveries,
    };
  }

  /** Only asked while there are no findings: the timeline is then short, and tells who works on the version. */
  private async lastAnalysisStep(studyInstanceUID: string, version: number): Promise<string | undefined> {
    const event = await this.timeline.latest(
      studyInstanceUID,
      (one) => one.version === version && ANALYSIS_STEPS.has(one.type),
    );
    return event?.type;
  }
}

const ANALYSIS_STEPS: ReadonlySet<string> = new Set(['analysis-started', 'analysis-failed', 'version-created']);
