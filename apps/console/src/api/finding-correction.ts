import { editFindings, reviewCorrection, type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { type ExclusiveLock, type Queues } from '@endplate/queue';
import { findingsKey, type ObjectStore } from '@endplate/store';
import { correctStudy, type Timeline } from '@endplate/studies';
import { CorrectionInvalidError, ObjectMissingError } from '../errors';
import { correctionRequestSchema, type CorrectionView } from './view.schema';

/** Larger than any findings of ours. */
const MAX_FINDINGS_BYTES = 64 * 1024 ** 2;
const MAX_NAMED = 5;

/** What a correction reaches the world through. */
export interface FindingCorrectionPorts {
  readonly store: ObjectStore;
  readonly timeline: Timeline;
  readonly jobs: Pick<Queues, 'analyse' | 'ping'>;
  readonly lock: ExclusiveLock;
  readonly now: () => Date;
}

/** Makes a further version of what a reader says of the discs and endplates of the latest one. */
export class FindingCorrection {
  constructor(private readonly ports: FindingCorrectionPorts) {}

  /**
   * @param body - as it came
   * @param from - address that it came from, for the timeline
   * @throws CONSOLE_CORRECTION_INVALID, CONSOLE_OBJECT_NOT_FOUND where the version has no findings,
   * STUDIES_VERSION_OVERTAKEN where it is not the latest, QUEUE_UNAVAILABLE before anything was changed
   */
  async correct(studyInstanceUID: string, version: number, body: unknown, from: string): Promise<CorrectionView> {
    const request = correctionRequestSchema.safeParse(body);
    if (!request.success) throw new CorrectionInvalidError(request.error.issues.slice(0, MAX_NAMED).map(placeOf));
    const base = await this.findings(studyInstanceUID, version);
    if (base.outcome.status !== 'analysed') throw new CorrectionInvalidError(['this version was not analysed']);
    const { authorRole, ...edits } = request.data;
    const { findings, problems } = editFindings(base, edits);
    if (problems.length > 0) throw new CorrectionInvalidError(problems);
    const { changed } = reviewCorrection(base, findings);
    if (changed.length === 0) throw new CorrectionInvalidError(['nothing differs from what stands there']);
    await this.ports.jobs.ping();
    const made = await correctStudy(this.ports, {
      studyInstanceUID,
      ofVersion: version,
      authorRole,
      changed: changed.map((one) => one.slice(0, 200)),
      findings: Buffer.from(`${JSON.stringify(findings)}\n`),
      from,
    });
    return { version: made, changed: [...changed] };
  }

  private async findings(studyInstanceUID: string, version: number): Promise<StudyFindings> {
    try {
      const bytes = await this.ports.store.get(findingsKey(studyInstanceUID, version), {
        maxBytes: MAX_FINDINGS_BYTES,
      });
      return studyFindingsSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') throw new ObjectMissingError('findings');
      throw error;
    }
  }
}

/** Where in the request something is wrong, and what; never the value. */
function placeOf({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message;
}
