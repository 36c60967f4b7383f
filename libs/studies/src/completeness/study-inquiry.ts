import { type ObjectStore } from '@endplate/store';
import { type NamedInstance } from '../evidence/expected-instances';
import { type StudyEvidence } from '../evidence/study-evidence';
import { StudyReader } from '../record/study-reader';
import { type Timeline, type TimelineEvent } from '../timeline/timeline';
import { Manifests } from '../version/manifests';
import { type SourceHistory } from './decide-completeness';
import { type FetchOutcome, type StudySources } from './study-sources.port';

/** What happens with sources; AE titles, counts and codes only. */
export type InquiryEvent =
  | { readonly type: 'source-asked'; readonly aeTitle: string; readonly outcome: 'answered'; readonly count: number }
  | { readonly type: 'source-asked'; readonly aeTitle: string; readonly outcome: 'unanswered'; readonly code: string }
  | ({ readonly type: 'fetched'; readonly aeTitle: string; readonly code?: string } & FetchOutcome);

/** What asking and fetching needs. */
export interface InquiryPorts {
  readonly store: ObjectStore;
  readonly timeline: Timeline;
  readonly evidence: StudyEvidence;
  readonly sources: StudySources;
  readonly now: () => Date;
  readonly notify?: (studyInstanceUID: string, event: InquiryEvent) => void;
}

/** A sender of a study, with what came of asking it since the latest version. */
export interface KnownSource extends SourceHistory {
  /** False where it has no address to ask at. */
  readonly canAsk: boolean;
  /** Code of the last failure. */
  readonly code?: string;
}

/** Peers asked about one study at most. */
const MAX_SOURCES = 4;
/** Senders of one study that are listed. */
const MAX_SENDERS = 20;

/** Asks the sources of a study, fetches from them, and leaves in the store what it asked and heard. */
export class StudyInquiry {
  private readonly reader: StudyReader;
  private readonly manifests: Manifests;

  constructor(private readonly ports: InquiryPorts) {
    this.reader = new StudyReader(ports.store, ports.timeline);
    this.manifests = new Manifests(ports.store);
  }

  /**
   * Who sent a study or told of it, and what came of asking them.
   * @param told - AE titles that told of its instances
   * @param answered - times of the answers by AE title, ms since 1970
   */
  async known(
    studyInstanceUID: string,
    told: readonly string[],
    answered: ReadonlyMap<string, readonly number[]>,
    since: Date | undefined,
  ): Promise<KnownSource[]> {
    const events = await this.ports.timeline.read(studyInstanceUID);
    const senders = events.filter(({ type }) => type === 'reception-started').map(({ facts }) => facts['source']);
    const titles = new Set([...senders, ...told].filter((one): one is string => typeof one === 'string'));
    const recent = since ? events.filter(({ at }) => Date.parse(at) > since.getTime()) : events;
    let asked = 0;
    return [...titles].slice(0, MAX_SENDERS).map((aeTitle) => {
      const offer = asked < MAX_SOURCES ? this.ports.sources.offer(aeTitle) : undefined;
      if (offer) asked += 1;
      return historyOf(aeTitle, offer, recent, answered.get(aeTitle) ?? []);
    });
  }

  /**
   * Asks a source, and keeps its answer or that there was none. Asking twice is harmless: each answer counts as of its
   * moment.
   * @throws the signal's reason, and what the store throws when it is away; a source that fails is no error
   */
  async ask(studyInstanceUID: string, aeTitle: string, here: number, signal: AbortSignal): Promise<void> {
    const { sources, evidence, timeline, now } = this.ports;
    const ours = await this.ours(studyInstanceUID);
    try {
      const { count, leftOut, instances } = await sources.ask(aeTitle, { studyInstanceUID, here, ours }, signal);
      const heard = { studyInstanceUID, source: 'c-find', saidBy: aeTitle, count, leftOut } as const;
      await evidence.record({ ...heard, ...(instances ? { instances } : {}) }, now());
      await timeline.append({ studyInstanceUID }, 'source-asked', { source: aeTitle, outcome: 'answered', count });
      this.tell(studyInstanceUID, { type: 'source-asked', aeTitle, outcome: 'answered', count });
    } catch (error) {
      signal.throwIfAborted();
      const code = codeOf(error);
      const facts = { source: aeTitle, outcome: 'unanswered', code };
      await timeline.append({ studyInstanceUID }, 'source-asked', facts);
      this.tell(studyInstanceUID, { type: 'source-asked', aeTitle, outcome: 'unanswered', code });
    }
  }

  /**
   * Has a source send what is missing. What is asked for is kept first: whatever ends this process, the instances that
   * come are known to be fetched, and the try is counted.
   * @throws the signal's reason, and what the store throws when it is away; a source that fails is no error
   */
  async fetch(
    studyInstanceUID: string,
    aeTitle: string,
    missing: { readonly here: number; readonly instances?: readonly NamedInstance[] },
    signal: AbortSignal,
  ): Promise<FetchOutcome> {
    const { sources, evidence, timeline, now } = this.ports;
    const { here, instances } = missing;
    await evidence.recordFetch(studyInstanceUID, { from: aeTitle, here, ...(instances ? { instances: [...instances] } : {}) }, now()); // prettier-ignore
    const started = { source: aeTitle, ...(instances ? { instances: instances.length } : {}) };
    await timeline.append({ studyInstanceUID }, 'fetch-started', started);
    let outcome: FetchOutcome & { code?: string };
    try {
      outcome = await sources.fetch(aeTitle, { studyInstanceUID, ...(instances ? { instances } : {}) }, signal);
    } catch (error) {
      signal.throwIfAborted();
      outcome = { completed: 0, failed: 0, code: codeOf(error) };
    }
    await timeline.append({ studyInstanceUID }, 'fetch-finished', { source: aeTitle, ...outcome });
    this.tell(studyInstanceUID, { type: 'fetched', aeTitle, ...outcome });
    return outcome;
  }

  /** SOP Instance UIDs of everything that we sent for the study: the source may have got it. */
  private async ours(studyInstanceUID: string): Promise<Set<string>> {
    const uids = new Set<string>();
    for (const version of await this.manifests.versions(studyInstanceUID)) {
      for (const { objects } of await this.reader.deliveries(studyInstanceUID, version)) {
        for (const { sopInstanceUID } of objects) if (sopInstanceUID !== undefined) uids.add(sopInstanceUID);
      }
    }
    return uids;
  }

  private tell(studyInstanceUID: string, event: InquiryEvent): void {
    this.ports.notify?.(studyInstanceUID, event);
  }
}

function historyOf(
  aeTitle: string,
  offer: { readonly canFetch: boolean } | undefined,
  events: readonly TimelineEvent[],
  answeredAt: readonly number[],
): KnownSource {
  const mine = events.filter(({ facts }) => facts['source'] === aeTitle);
  const unanswered = mine.filter(({ type, facts }) => type === 'source-asked' && facts['outcome'] === 'unanswered');
  const code = unanswered.at(-1)?.facts['code'];
  return {
    aeTitle,
    canAsk: offer !== undefined,
    canFetch: offer?.canFetch === true,
    answeredAt,
    unansweredAt: unanswered.map(({ at }) => Date.parse(at)),
    fetchedAt: mine.filter(({ type }) => type === 'fetch-started').map(({ at }) => Date.parse(at)),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : 'UNEXPECTED';
}
