import { eventKey, eventsPrefix, type ObjectKey, type ObjectStore, parseObjectKey } from '@endplate/store';
import { decodeTime, monotonicFactory } from 'ulid';
import { z } from 'zod';
import { encodeRecord, readRecord } from '../record/read-record';

/** One entry of a study's timeline. Facts are codes, counts and AE titles; nothing of the patient. */
export const timelineEventSchema = z.object({
  schema: z.literal('endplate.event/1'),
  /** What happened, for example `reception-started`, `version-created`, `analysis-finished`. */
  type: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  version: z.int().min(1).optional(),
  facts: z.record(z.string().max(64), z.union([z.string().max(1000), z.number(), z.boolean()])),
});
/** One entry of a study's timeline. */
export type TimelineEvent = z.output<typeof timelineEventSchema>;

/** Facts of an entry. */
export type EventFacts = Readonly<Record<string, string | number | boolean>>;

/** Whose timeline, and of which version the entry tells. */
export interface EventSubject {
  readonly studyInstanceUID: string;
  readonly version?: number;
}

/** The append-only timeline of each study: one small object per entry, named by time. */
export class Timeline {
  private readonly nextUlid = monotonicFactory();

  constructor(
    private readonly store: ObjectStore,
    private readonly now: () => Date,
  ) {}

  /** Adds an entry; what was written is never changed. */
  async append({ studyInstanceUID, version }: EventSubject, type: string, facts: EventFacts = {}): Promise<void> {
    const at = this.now();
    const event: TimelineEvent = {
      schema: 'endplate.event/1',
      type,
      at: at.toISOString(),
      ...(version === undefined ? {} : { version }),
      facts: { ...facts },
    };
    const key = eventKey(studyInstanceUID, this.nextUlid(at.getTime()));
    await this.store.put(key, encodeRecord(timelineEventSchema.parse(event)), { contentType: 'application/json' });
  }

  /** The entries, oldest first. */
  async read(studyInstanceUID: string): Promise<TimelineEvent[]> {
    const events: TimelineEvent[] = [];
    for (const key of await this.keys(studyInstanceUID)) {
      const event = await readRecord(this.store, key, timelineEventSchema);
      if (event) events.push(event);
    }
    return events;
  }

  /** The latest entry that matches, or undefined. */
  async latest(
    studyInstanceUID: string,
    matches: (event: TimelineEvent) => boolean,
  ): Promise<TimelineEvent | undefined> {
    for (const key of (await this.keys(studyInstanceUID)).reverse()) {
      const event = await readRecord(this.store, key, timelineEventSchema);
      if (event && matches(event)) return event;
    }
    return undefined;
  }

  /** A ULID sorts by its time, to the millisecond over all processes. */
  private async keys(studyInstanceUID: string): Promise<ObjectKey[]> {
    const prefix = eventsPrefix(studyInstanceUID);
    const names: string[] = [];
    for await (const name of this.store.children(prefix)) if (isEventName(name)) names.push(name);
    return names.sort().map((name) => parseObjectKey(`${prefix}${name}`));
  }
}

function isEventName(name: string): boolean {
  if (!name.endsWith('.json')) return false;
  try {
    decodeTime(name.slice(0, -'.json'.length));
    return true;
  } catch {
    return false;
  }
}
