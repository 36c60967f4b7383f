import { type StudyMarks } from '@endplate/queue';

/** A mark that is not prolonged ends after this: a spool whose process is gone delays a study's version no longer. */
const MARK_MS = 10 * 60_000;
/** A mark that could not be set is tried again after this: other listeners learn soon after Redis is back. */
const RETRY_MS = 5000;

/** How many instances of a study are acknowledged and not yet in the object store; other listeners see that there are. */
export class PendingStudies {
  private readonly counts = new Map<string, number>();
  private readonly unmarked = new Set<string>();
  private readonly timers: readonly NodeJS.Timeout[];

  /**
   * @param holder - the name of this process among the listeners
   * @param failed - told when a mark could not be set; it is set again while there are instances
   */
  constructor(
    private readonly marks: StudyMarks,
    private readonly holder: string,
    private readonly failed: (error: Error) => void,
    retryMs = RETRY_MS,
  ) {
    this.timers = [
      setInterval(() => this.counts.forEach((_, study) => this.mark(study)), MARK_MS / 5).unref(),
      setInterval(() => this.markAgain(), retryMs).unref(),
    ];
  }

  add(studyInstanceUID: string): void {
    const before = this.counts.get(studyInstanceUID) ?? 0;
    this.counts.set(studyInstanceUID, before + 1);
    if (before === 0) this.mark(studyInstanceUID);
  }

  remove(studyInstanceUID: string): void {
    const left = (this.counts.get(studyInstanceUID) ?? 0) - 1;
    if (left > 0) this.counts.set(studyInstanceUID, left);
    else if (this.counts.delete(studyInstanceUID)) this.tell(this.marks.clear(studyInstanceUID, this.holder));
  }

  /** Whether any instance of this process is on its way. */
  get any(): boolean {
    return this.counts.size > 0;
  }

  /** Whether any listener has instances of the study that the object store does not have. */
  async has(studyInstanceUID: string): Promise<boolean> {
    return this.counts.has(studyInstanceUID) || (await this.marks.isSet(studyInstanceUID));
  }

  close(): void {
    this.timers.forEach((timer) => clearInterval(timer));
  }

  private mark(studyInstanceUID: string): void {
    const marking = this.marks.set(studyInstanceUID, this.holder, MARK_MS);
    marking.then(
      () => this.unmarked.delete(studyInstanceUID),
      () => this.unmarked.add(studyInstanceUID),
    );
    this.tell(marking);
  }

  /** Told once that they failed; here they are tried until they do not. */
  private markAgain(): void {
    for (const study of this.unmarked) {
      if (!this.counts.has(study)) this.unmarked.delete(study);
      else {
        this.marks.set(study, this.holder, MARK_MS).then(
          () => this.unmarked.delete(study),
          () => undefined,
        );
      }
    }
  }

  private tell(marking: Promise<void>): void {
    marking.catch((error: unknown) => this.failed(error instanceof Error ? error : new Error('unknown')));
  }
}
