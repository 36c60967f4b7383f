import { type JobPublisher, type Priority } from '@endplate/queue';
import { NAMED_QUIET_MS } from '../evidence/evidence-recorder';
import { type Timeline } from '../timeline/timeline';

/** An instance that is durable. */
export interface ReceivedInstance {
  readonly studyInstanceUID: string;
  /** Who sent it: a calling AE title, or `STOW-RS`. */
  readonly source: string;
  /** Silence that ends the study, in ms. */
  readonly quietMs: number;
  readonly priority: Priority;
}

/** What the assembler needs. */
export interface AssemblerPorts {
  readonly jobs: Pick<JobPublisher, 'completeness'>;
  readonly timeline: Pick<Timeline, 'append'>;
  /** Told of what went wrong behind an answer that was already given. */
  readonly notify?: (event: { readonly type: 'quiet-period-delayed'; readonly error: Error }) => void;
}

/** Studies remembered at once; the oldest is forgotten, which costs one more entry of its timeline. */
const MAX_REMEMBERED = 10_000;
/** The quiet period is prolonged at most this often per study; the last instance always prolongs it. */
const COALESCE_MS = 250;

interface Remembered {
  readonly sources: Set<string>;
  prolongedAt: number;
  /** Somebody named its instances: it is looked at soon after each of them. */
  named: boolean;
  trailing: NodeJS.Timeout | undefined;
}

/** Puts instances together to studies: keeps the quiet period of each study going while instances come. */
export class StudyAssembler {
  private readonly remembered = new Map<string, Remembered>();
  private readonly background = new Set<Promise<void>>();

  constructor(private readonly ports: AssemblerPorts) {}

  /**
   * Starts or prolongs the study's quiet period, and opens its timeline. Called after the instance is durable: when
   * this fails, nothing is lost, `reconcile` finds the study by its objects.
   * @throws QUEUE_UNAVAILABLE and what the store throws when it is away
   */
  async instanceReceived(instance: ReceivedInstance): Promise<void> {
    const study = this.remember(instance.studyInstanceUID);
    const sinceMs = performance.now() - study.prolongedAt;
    const coalesceMs = Math.min(COALESCE_MS, instance.quietMs / 20);
    if (sinceMs >= coalesceMs) {
      await this.prolong(study, instance);
    } else {
      // A crash before the trailing call is harmless: the earlier job fires a moment sooner and sees all instances.
      study.trailing ??= setTimeout(() => this.inBackground(study, instance), coalesceMs - sinceMs);
    }
    if (study.sources.has(instance.source)) return;
    study.sources.add(instance.source);
    const { source, quietMs, priority } = instance;
    try {
      await this.ports.timeline.append(instance, 'reception-started', { source, quietMs, priority });
    } catch (error) {
      study.sources.delete(source);
      throw error;
    }
  }

  /** From now on the study is looked at soon after each instance: the quiet period may end early. */
  instancesNamed(studyInstanceUID: string): void {
    this.remember(studyInstanceUID).named = true;
  }

  /** Studies that this process received instances of, the latest first; at most 10,000. */
  recentStudies(): string[] {
    return [...this.remembered.keys()].reverse();
  }

  /** Prolongs what is still to be prolonged. */
  async close(): Promise<void> {
    for (const [studyInstanceUID, study] of this.remembered) {
      if (!study.trailing) continue;
      clearTimeout(study.trailing);
      // Its instance is not known here any more, and need not be: the job that is there fires at most 250 ms early.
      this.remembered.delete(studyInstanceUID);
    }
    await Promise.all(this.background);
  }

  private inBackground(study: Remembered, instance: ReceivedInstance): void {
    study.trailing = undefined;
    const work = this.prolong(study, instance).catch((error: unknown) => {
      this.ports.notify?.({
        type: 'quiet-period-delayed',
        error: error instanceof Error ? error : new Error('unknown'),
      });
    });
    this.background.add(work);
    void work.finally(() => this.background.delete(work));
  }

  private async prolong(study: Remembered, instance: ReceivedInstance): Promise<void> {
    const { studyInstanceUID, quietMs, priority } = instance;
    const before = study.prolongedAt;
    study.prolongedAt = performance.now();
    try {
      const job = { studyInstanceUID, quietMs, priority };
      if (study.named) await this.ports.jobs.completeness({ ...job, early: true }, Math.min(quietMs, NAMED_QUIET_MS));
      else await this.ports.jobs.completeness(job);
    } catch (error) {
      study.prolongedAt = before;
      throw error;
    }
  }

  private remember(studyInstanceUID: string): Remembered {
    const found = this.remembered.get(studyInstanceUID);
    // Set again, so that the map's order is the order of last use.
    this.remembered.delete(studyInstanceUID);
    const study = found ?? { sources: new Set(), prolongedAt: -Infinity, named: false, trailing: undefined };
    this.remembered.set(studyInstanceUID, study);
    if (this.remembered.size > MAX_REMEMBERED) {
      const [oldest] = this.remembered.keys();
      if (oldest !== undefined) this.remembered.delete(oldest);
    }
    return study;
  }
}
