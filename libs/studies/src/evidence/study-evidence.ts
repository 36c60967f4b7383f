import { createHash } from 'node:crypto';
import { z } from 'zod';
import { evidenceKey, evidencePrefix, type ObjectStore, parseObjectKey } from '@endplate/store';
import { encodeRecord, readRecord } from '../record/read-record';
import {
  aeTitleSchema,
  digestExpected,
  expectedInstances,
  type ExpectedInstances,
  expectedInstancesSchema,
  type HeardInstances,
  MAX_NAMED_INSTANCES,
  type NamedInstance,
  namedInstanceSchema,
} from './expected-instances';

/** Statements of one study that are looked at; a study has one per acquisition step and answer. */
const MAX_STATEMENTS = 500;
const STATEMENT = /^(?:c-find|mpps|ian)-[0-9a-f]{64}\.json$/;

const FETCH = /^fetch-[0-9a-f]{64}\.json$/;

const fetchRequestSchema = z.object({
  schema: z.literal('endplate.fetch/1'),
  /** AE title that is asked to send. */
  from: aeTitleSchema,
  at: z.iso.datetime(),
  /** Instances that were here before. */
  here: z.int().min(0),
  /** What was asked for; the whole study when absent. */
  instances: z.array(namedInstanceSchema).max(MAX_NAMED_INSTANCES).optional(),
});
/** What a source was asked to send to us (C-MOVE). */
export type FetchRequest = z.output<typeof fetchRequestSchema>;

/** Keeps and reads what was said of the instances of studies. */
export class StudyEvidence {
  constructor(private readonly store: ObjectStore) {}

  /**
   * Keeps a statement durably. The same statement again is the same object, and keeps the time when it was first heard.
   * @throws STUDIES_EVIDENCE_INVALID, and what the store throws when it is away
   */
  async record(heard: HeardInstances, at: Date): Promise<'recorded' | 'present'> {
    const expected = expectedInstances(heard, at);
    const key = evidenceKey(expected.studyInstanceUID, expected.source, digestExpected(expected));
    try {
      await this.store.put(key, encodeRecord(expected), { ifAbsent: true, contentType: 'application/json' });
      return 'recorded';
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'STORE_EXISTS') throw error;
      return 'present';
    }
  }

  /** What was said of a study, oldest first; at most 500 statements. @throws STUDIES_RECORD_INVALID */
  async read(studyInstanceUID: string): Promise<ExpectedInstances[]> {
    return (await this.all(studyInstanceUID, STATEMENT, expectedInstancesSchema)).sort(byTime);
  }

  /** Keeps what is about to be fetched, so that it is known of an instance whether it came by itself. */
  async recordFetch(
    studyInstanceUID: string,
    { from, here, instances }: Pick<FetchRequest, 'from' | 'here' | 'instances'>,
    at: Date,
  ): Promise<void> {
    const named: readonly NamedInstance[] | undefined = instances?.slice(0, MAX_NAMED_INSTANCES);
    const request = { schema: 'endplate.fetch/1', from, at: at.toISOString(), here, ...(named ? { instances: named } : {}) }; // prettier-ignore
    const body = encodeRecord(fetchRequestSchema.parse(request));
    const sha256 = createHash('sha256').update(body).digest('hex');
    await this.store.put(evidenceKey(studyInstanceUID, 'fetch', sha256), body, { contentType: 'application/json' });
  }

  /** What was fetched of a study, oldest first. @throws STUDIES_RECORD_INVALID */
  async fetches(studyInstanceUID: string): Promise<FetchRequest[]> {
    return (await this.all(studyInstanceUID, FETCH, fetchRequestSchema)).sort(byTime);
  }

  private async all<S extends z.ZodType>(studyInstanceUID: string, names: RegExp, schema: S): Promise<z.output<S>[]> {
    const prefix = evidencePrefix(studyInstanceUID);
    const records: z.output<S>[] = [];
    for await (const name of this.store.children(prefix)) {
      if (!names.test(name)) continue;
      const one = await readRecord(this.store, parseObjectKey(`${prefix}${name}`), schema);
      if (one) records.push(one);
      if (records.length >= MAX_STATEMENTS) break;
    }
    return records;
  }
}

function byTime(a: { at: string }, b: { at: string }): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
