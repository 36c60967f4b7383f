import { type StudyMarks } from '@endplate/queue';

/** A mark that is not prolonged ends after this: a spool whose process is gone delays a study's version no longer. */
const MARK_MS = 10 * 60_000;

/** How many instances of a study are acknowledged and not yet in the object store; other listeners see that there are. */
export class PendingStudies {
  private readonly counts = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  /**
   * @param holder - the name of this process among the listeners
   * @param failed - told when a mark could not be set; it is set again while there are instances
   */
  constructor(
    private readonly marks: StudyMarks,
    private readonly holder: string,
    private readonly failed: (error: Error) => void,
  ) {
    this.timer = setInterval(() => this.counts.forEach((_, study) => this.mark(study)), MARK_MS / 5);
    this.timer.unref();
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
    clearInterval(this.timer);
  }

  private mark(studyInstanceUID: string): void {
    this.tell(this.marks.set(studyInstanceUID, this.holder, MARK_MS));
  }

  private tell(marking: Promise<void>): void {
    marking.catch((error: unknown) => this.failed(error instanceof Error ? error : new Error('unknown')));
  }
}
