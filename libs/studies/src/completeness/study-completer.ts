import { type ExclusiveLock, type JobData, type JobPublisher } from '@endplate/queue';
import { findingsKey, type ObjectStore } from '@endplate/store';
import { VersionContendedError } from '../errors';
import { type ExpectedInstances } from '../evidence/expected-instances';
import { type FetchRequest, StudyEvidence } from '../evidence/study-evidence';
import { type Timeline } from '../timeline/timeline';
import { digestInstances, type Manifest } from '../version/manifest';
import { type InstanceSet, type Manifests } from '../version/manifests';
import { accountOf, namesOf } from './account';
import {
  COMPLETENESS_LIMITS,
  type CompletenessDecision,
  type CompletenessFacts,
  type CompletenessLimits,
  decideCompleteness,
  statementsThatCount,
  type WaitReason,
} from './decide-completeness';
import { type InquiryEvent, type KnownSource, StudyInquiry } from './study-inquiry';
import { type StudySources } from './study-sources.port';

/** What came of a quiet period. */
export type CompletionOutcome =
  /** There is no instance at all. */
  | { readonly kind: 'empty' }
  /** Instances came while the job waited for its turn; the quiet period began anew. */
  | { readonly kind: 'moving' }
  /** Something is still to come, or to be asked again. */
  | { readonly kind: 'waiting'; readonly reason: Exclude<WaitReason, 'moving'> }
  /** Instances were fetched; they are looked at next. */
  | { readonly kind: 'fetched' }
  /** The set is that of the latest version. */
  | { readonly kind: 'unchanged'; readonly version: number }
  /** `missing`: instances that somebody said the study has, beyond those of the version. */
  | {
      readonly kind: 'version-created';
      readonly version: number;
      readonly instances: number;
      readonly missing: number;
    };

/** What the completer needs. */
export interface CompleterPorts {
  readonly store: ObjectStore;
  readonly manifests: Manifests;
  readonly timeline: Timeline;
  readonly jobs: Pick<JobPublisher, 'completeness' | 'analyse'>;
  readonly lock: ExclusiveLock;
  readonly now: () => Date;
  /** Who can be asked; nobody when absent. */
  readonly sources?: StudySources;
  readonly limits?: Partial<CompletenessLimits>;
  readonly notify?: (studyInstanceUID: string, event: InquiryEvent) => void;
}

const MAX_TRIES = 5;
/** Questions and fetches of one job; the next job goes on. */
const MAX_STEPS = 12;
/** Pause after a fetch: what came last is on its way from the spool to the store. */
const SETTLE_MS = 1000;
const NOBODY: StudySources = {
  offer: () => undefined,
  ask: () => Promise.reject(new Error('nobody to ask')),
  fetch: () => Promise.reject(new Error('nobody to fetch from')),
};

type Job = JobData<'completeness'>;

/** What one look at a study gave: an outcome, or a step that is done without holding the study's lock. */
type Look = { readonly outcome: CompletionOutcome } | { readonly step: Step; readonly here: number };
type Step = Extract<CompletenessDecision, { kind: 'ask' | 'fetch' }>;

interface Known {
  readonly set: InstanceSet;
  readonly lastAt: Date;
  readonly latest: Manifest | undefined;
  readonly statements: readonly ExpectedInstances[];
  readonly sources: readonly KnownSource[];
  readonly fetches: readonly FetchRequest[];
}

/** Makes versions of studies. */
export class StudyCompleter {
  private readonly evidence: StudyEvidence;
  private readonly inquiry: StudyInquiry;
  private readonly limits: CompletenessLimits;

  constructor(private readonly ports: CompleterPorts) {
    const { store, timeline, now, notify } = ports;
    this.evidence = new StudyEvidence(store);
    this.limits = { ...COMPLETENESS_LIMITS, ...ports.limits };
    const inquiry = { store, timeline, evidence: this.evidence, sources: ports.sources ?? NOBODY, now };
    this.inquiry = new StudyInquiry({ ...inquiry, ...(notify ? { notify } : {}) });
  }

  /**
   * Ends a study's quiet period: asks its sources, fetches what is missing, and makes a set of instances that differs
   * from that of the latest version the next version, whose analysis it asks for. Safe to run twice and at the same
   * time: one process at a time decides under the study's lock, what was asked and fetched is kept, and a manifest is
   * only ever written where there is none. Sources are talked to outside the lock: they may be slow.
   * @param signal - ends questions and fetches; the job is then run again
   * @throws QUEUE_LOCK_BUSY, QUEUE_LOCK_LOST, QUEUE_UNAVAILABLE, STUDIES_VERSION_CONTENDED, and the store's failures
   */
  async complete(job: Job, signal: AbortSignal = new AbortController().signal): Promise<CompletionOutcome> {
    const { studyInstanceUID } = job;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const look = await this.ports.lock.withLock(`study:${studyInstanceUID}`, (lost) => this.look(job, lost));
      if ('outcome' in look) return look.outcome;
      const { step, here } = look;
      if (step.kind === 'ask') {
        await this.inquiry.ask(studyInstanceUID, step.aeTitle, here, signal);
        continue;
      }
      const missing = { here, ...(step.instances ? { instances: step.instances } : {}) };
      await this.inquiry.fetch(studyInstanceUID, step.aeTitle, missing, signal);
      await this.putOff({ ...job, early: true }, Math.min(job.quietMs, SETTLE_MS));
      return { kind: 'fetched' };
    }
    await this.putOff(job, this.limits.retryMs);
    return { kind: 'waiting', reason: 'source-away' };
  }

  private async look(job: Job, signal: AbortSignal): Promise<Look> {
    const { studyInstanceUID } = job;
    const fetches = await this.evidence.fetches(studyInstanceUID);
    const set = await this.ports.manifests.instances(studyInstanceUID, namesOf(fetches));
    if (!set.lastSentAt) return { outcome: { kind: 'empty' } };
    const latest = await this.ports.manifests.latest(studyInstanceUID);
    const same = latest?.digest === digestInstances(set.instances);
    const said = await this.evidence.read(studyInstanceUID);
    if (same && !said.some(({ source, at }) => source !== 'c-find' && at > latest.createdAt))
      return this.unchanged(latest);
    const known = await this.known(studyInstanceUID, { set, lastAt: set.lastSentAt, latest, said, fetches });
    const decision = decideCompleteness(this.facts(job, known));
    if (decision.kind === 'ask' || decision.kind === 'fetch') return { step: decision, here: set.instances.length };
    // What was said since the version was made may lead to a fetch; by itself it changes nothing.
    if (same) return this.unchanged(latest);
    if (decision.kind === 'complete') return { outcome: await this.nextVersion(job, known, decision, signal) };
    const { early: _measuredFromNowOn, ...measured } = job;
    await this.putOff(measured, decision.delayMs);
    const { reason } = decision;
    return { outcome: reason === 'moving' ? { kind: 'moving' } : { kind: 'waiting', reason } };
  }

  private async known(
    studyInstanceUID: string,
    { said, ...rest }: Omit<Known, 'statements' | 'sources'> & { readonly said: readonly ExpectedInstances[] },
  ): Promise<Known> {
    const since = rest.latest && new Date(rest.latest.createdAt);
    const statements = statementsThatCount({ statements: said, ...(since ? { since } : {}) });
    const answered = new Map<string, number[]>();
    const told: string[] = [];
    for (const { source, saidBy, at } of said) {
      if (source !== 'c-find') told.push(saidBy);
      else if (!since || Date.parse(at) > since.getTime()) {
        answered.set(saidBy, [...(answered.get(saidBy) ?? []), Date.parse(at)]);
      }
    }
    const sources = await this.inquiry.known(studyInstanceUID, told, answered, since);
    return { ...rest, statements, sources };
  }

  private facts({ quietMs, early = false, rearmed }: Job, known: Known): CompletenessFacts {
    const { set, lastAt, statements, sources, latest } = known;
    return {
      now: this.ports.now(),
      ...{ quietMs, early, rearmed, lastAt, statements },
      instances: set.instances,
      sources: sources.filter(({ canAsk }) => canAsk),
      limits: this.limits,
      ...(latest ? { since: new Date(latest.createdAt) } : {}),
    };
  }

  private putOff(job: Job, delayMs: number): Promise<void> {
    return this.ports.jobs.completeness({ ...job, rearmed: job.rearmed + 1 }, delayMs);
  }

  private async nextVersion(
    { studyInstanceUID, priority, quietMs }: Job,
    known: Known,
    decision: Extract<CompletenessDecision, { kind: 'complete' }>,
    signal: AbortSignal,
  ): Promise<CompletionOutcome> {
    const { instances } = known.set;
    const digest = digestInstances(instances);
    let { latest } = known;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (latest?.digest === digest) return (await this.unchanged(latest)).outcome;
      const version: number = (latest?.version ?? 0) + 1;
      const manifest: Manifest = {
        schema: 'endplate.manifest/1',
        studyInstanceUID,
        version,
        digest,
        ...(latest ? { predecessorVersion: latest.version } : {}),
        createdAt: this.ports.now().toISOString(),
        priority,
        evidence: accountOf({ ...known, quietMs, decision }),
        instances: [...instances],
      };
      signal.throwIfAborted();
      if (await this.create(manifest)) return this.created(manifest);
      latest = await this.ports.manifests.latest(studyInstanceUID);
    }
    throw new VersionContendedError(MAX_TRIES);
  }

  private async created({ studyInstanceUID, version, priority, ...manifest }: Manifest): Promise<CompletionOutcome> {
    const { instances, evidence } = manifest;
    const { missing = 0, fetched, basis = evidence.kind } = evidence;
    const series = new Set(instances.map((one) => one.seriesInstanceUID)).size;
    const counts = { instances: instances.length, series, ...(missing > 0 ? { missing } : {}), ...(fetched ? { fetched } : {}) }; // prettier-ignore
    const facts = { ...counts, evidence: basis, quietMs: evidence.quietMs };
    await this.ports.timeline.append({ studyInstanceUID, version }, 'version-created', facts);
    // A crash before this leaves a manifest without a job: the repeated job, or reconcile, finds it and asks.
    await this.ports.jobs.analyse({ studyInstanceUID, version, priority });
    return { kind: 'version-created', version, instances: instances.length, missing };
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

  private async unchanged({ studyInstanceUID, version, priority }: Manifest): Promise<{ outcome: CompletionOutcome }> {
    if (!(await this.ports.store.stat(findingsKey(studyInstanceUID, version)))) {
      await this.ports.jobs.analyse({ studyInstanceUID, version, priority });
    }
    return { outcome: { kind: 'unchanged', version } };
  }
}
