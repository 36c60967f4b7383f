import { evidenceKey, evidencePrefix, type ObjectStore, parseObjectKey } from '@endplate/store';
import { encodeRecord, readRecord } from '../record/read-record';
import {
  digestExpected,
  expectedInstances,
  type ExpectedInstances,
  expectedInstancesSchema,
  type HeardInstances,
} from './expected-instances';

/** Statements of one study that are looked at; a study has one per acquisition step and answer. */
const MAX_STATEMENTS = 500;
const STATEMENT = /^(?:c-find|mpps|ian)-[0-9a-f]{64}\.json$/;

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
    const prefix = evidencePrefix(studyInstanceUID);
    const statements: ExpectedInstances[] = [];
    for await (const name of this.store.children(prefix)) {
      if (!STATEMENT.test(name)) continue;
      const one = await readRecord(this.store, parseObjectKey(`${prefix}${name}`), expectedInstancesSchema);
      if (one) statements.push(one);
      if (statements.length >= MAX_STATEMENTS) break;
    }
    return statements.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }
}
