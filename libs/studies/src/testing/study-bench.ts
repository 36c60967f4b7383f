import { mkdtemp, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createQueues, type JobData, type QueueName, type Queues } from '@endplate/queue';
import { createFilesystemStore, deliveryKey, findingsKey, instanceKey, type ObjectStore } from '@endplate/store';
import { type TestRedis } from '../../../../test/servers/redis';
import { type DeliveryRecord, Manifests, StudyCompleter, Timeline } from '../index';

/** A real folder store and real queues for one test, and the few objects that other rooms would write. */
export class StudyBench {
  readonly manifests: Manifests;
  readonly timeline: Timeline;
  /** Time of the bench; tests move it. */
  now = new Date();

  private constructor(
    private readonly folder: string,
    readonly store: ObjectStore,
    readonly queues: Queues,
    private readonly redis: TestRedis,
    readonly prefix: string,
  ) {
    this.manifests = new Manifests(store);
    this.timeline = new Timeline(store, () => this.now);
  }

  static async open(redis: TestRedis): Promise<StudyBench> {
    const folder = await mkdtemp(join(tmpdir(), 'endplate-studies-'));
    const prefix = `{t${randomUUID()}}`;
    const queues = createQueues({ url: redis.url, prefix });
    await queues.counts('analyse');
    return new StudyBench(folder, await createFilesystemStore({ root: folder }), queues, redis, prefix);
  }

  async close(): Promise<void> {
    await this.queues.close();
    await rm(this.folder, { recursive: true });
  }

  /** Another process on the same store and Redis. */
  async process(): Promise<{ completer: StudyCompleter; close(): Promise<void> }> {
    const queues = createQueues({ url: this.redis.url, prefix: this.prefix });
    await queues.counts('analyse');
    const store = await createFilesystemStore({ root: this.folder });
    return { completer: this.completer(store, queues), close: () => queues.close() };
  }

  completer(store = this.store, queues = this.queues): StudyCompleter {
    const { timeline } = this;
    const manifests = new Manifests(store);
    return new StudyCompleter({ store, manifests, timeline, jobs: queues, lock: queues, now: () => this.now });
  }

  /** Stores instances `<study>.<series>.<n>`. */
  async receive(studyInstanceUID: string, series: number, numbers: readonly number[]): Promise<void> {
    const seriesInstanceUID = `${studyInstanceUID}.${series}`;
    for (const n of numbers) {
      const address = { studyInstanceUID, seriesInstanceUID, sopInstanceUID: `${seriesInstanceUID}.${n}` };
      await this.store.put(instanceKey(address), Buffer.from(`pixels ${n}`));
    }
  }

  /** What the worker would write. */
  async findings(studyInstanceUID: string, version: number, outcome: object = { status: 'analysed' }): Promise<void> {
    await this.store.put(findingsKey(studyInstanceUID, version), Buffer.from(JSON.stringify({ outcome })));
  }

  /** What the notifier would write. */
  async delivery(
    studyInstanceUID: string,
    version: number,
    destination: string,
    state: DeliveryRecord['state'],
  ): Promise<void> {
    const record: DeliveryRecord = {
      schema: 'endplate.delivery/1',
      studyInstanceUID,
      version,
      destination,
      state,
      rungs: [{ rung: 'rendered', at: this.now.toISOString() }],
      outOfReach: [],
      objects: [],
      attempts: 1,
      checks: 0,
      updatedAt: this.now.toISOString(),
    };
    const key = deliveryKey(studyInstanceUID, version, destination);
    await this.store.put(key, Buffer.from(JSON.stringify(record)));
  }

  /** Data of every job of a queue that is not finished. */
  async jobs<Q extends QueueName>(queue: Q): Promise<JobData<Q>[]> {
    const { Queue } = await import('bullmq');
    const view = new Queue(queue, { connection: { url: this.redis.url }, prefix: this.prefix });
    const jobs = await view.getJobs(['wait', 'prioritized', 'delayed', 'active']);
    await view.close();
    return jobs.map((job) => job.data as JobData<Q>);
  }
}
