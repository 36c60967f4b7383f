import { studyFindingsSchema } from '@endplate/findings';
import { findingsKey, isStorableUid, type ObjectStore } from '@endplate/store';
import { highestRung, type StudyReader, type StudyRecord } from '@endplate/studies';
import { type FindingsSummary, summariseFindings } from './findings-summary';
import { type StudyRow, type Worklist } from './view.schema';

/** Studies that are looked at; a list is for people, and nobody reads more. */
const MAX_STUDIES = 1000;
/** Studies read at one time. */
const READS_AT_ONCE = 8;
/** A row is read again after this, in ms: soon while something moves, seldom when all is over. */
const FRESH_MS = { moving: 1500, over: 20_000 } as const;
const MOVING: ReadonlySet<StudyRow['state']> = new Set(['received', 'waiting', 'analysing', 'analysed', 'delivering']);

/** Where the rows come from. */
export interface WorklistPorts {
  readonly store: ObjectStore;
  readonly reader: Pick<StudyReader, 'studies' | 'read'>;
  /** Monotonic, in ms. */
  readonly clock: () => number;
}

type Cached = { readonly row: StudyRow | undefined; readonly readAt: number; readonly failed: boolean };

/** The worklist from the objects, remembered for a moment so that many onlookers cost no more than one. */
export class WorklistReader {
  private rows = new Map<string, Cached>();
  /** Findings never change; by study and version. */
  private readonly summaries = new Map<string, FindingsSummary>();
  private running: Promise<Worklist> | undefined;

  constructor(private readonly ports: WorklistPorts) {}

  /** @throws what the store throws when it is away */
  read(): Promise<Worklist> {
    this.running ??= this.load().finally(() => (this.running = undefined));
    return this.running;
  }

  private async load(): Promise<Worklist> {
    const uids: string[] = [];
    let total = 0;
    for await (const uid of this.ports.reader.studies()) {
      if (!isStorableUid(uid)) continue;
      total += 1;
      if (uids.length < MAX_STUDIES) uids.push(uid);
    }
    const rows = new Map<string, Cached>();
    let next = 0;
    const lane = async () => {
      for (let at = next++; at < uids.length; at = next++) rows.set(uids[at]!, await this.row(uids[at]!));
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, lane));
    this.rows = rows;
    const all = [...rows.values()];
    const studies = all.flatMap(({ row }) => (row ? [row] : [])).sort(byYoungest);
    return { studies, total, unreadable: all.filter(({ failed }) => failed).length };
  }

  private async row(uid: string): Promise<Cached> {
    const known = this.rows.get(uid);
    const now = this.ports.clock();
    if (known) {
      const moving = known.row === undefined || known.row.hasLateInstances || MOVING.has(known.row.state);
      if (now - known.readAt < (moving ? FRESH_MS.moving : FRESH_MS.over)) return known;
    }
    try {
      const record = await this.ports.reader.read(uid);
      return { row: record ? await this.toRow(record) : undefined, readAt: now, failed: false };
    } catch (error) {
      // One damaged study must not hide the others; a store that is away is another matter.
      if ((error as { retryable?: unknown }).retryable !== false) throw error;
      return { row: undefined, readAt: now, failed: true };
    }
  }

  private async toRow({ latest, ...record }: StudyRecord): Promise<StudyRow> {
    const { studyInstanceUID, state, instances, series, lastInstanceAt, hasLateInstances } = record;
    const summary = latest?.outcome ? await this.summary(studyInstanceUID, latest.version) : undefined;
    return {
      studyInstanceUID,
      state,
      instances,
      series,
      hasLateInstances,
      ...(lastInstanceAt === undefined ? {} : { lastInstanceAt }),
      ...(latest ? { version: latest.version } : {}),
      ...(latest?.outcome ? { outcome: latest.outcome } : {}),
      ...(summary ? { summary } : {}),
      deliveries: (latest?.deliveries ?? []).map((delivery) => {
        const rung = highestRung(delivery);
        const { destination, state: how, attempts, reason } = delivery;
        return { destination, state: how, attempts, ...(rung ? { rung } : {}), ...(reason ? { reason } : {}) };
      }),
    };
  }

  private async summary(studyInstanceUID: string, version: number): Promise<FindingsSummary | undefined> {
    const name = `${studyInstanceUID}.${version}`;
    const known = this.summaries.get(name);
    if (known) return known;
    const bytes = await this.ports.store.get(findingsKey(studyInstanceUID, version));
    const parsed = studyFindingsSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    if (!parsed.success) return undefined;
    const summary = summariseFindings(parsed.data);
    if (this.summaries.size >= 2 * MAX_STUDIES) this.summaries.clear();
    this.summaries.set(name, summary);
    return summary;
  }
}

function byYoungest(a: StudyRow, b: StudyRow): number {
  const [left, right] = [a.lastInstanceAt ?? '', b.lastInstanceAt ?? ''];
  return left === right ? (a.studyInstanceUID < b.studyInstanceUID ? -1 : 1) : left < right ? 1 : -1;
}
