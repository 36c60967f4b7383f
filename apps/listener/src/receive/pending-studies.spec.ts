import { type StudyMarks } from '@endplate/queue';
import { PendingStudies } from './pending-studies';

/** Marks that a Redis keeps, or does not while it is away. */
class Marks implements StudyMarks {
  readonly marked = new Set<string>();
  isAway = false;
  asked = 0;
  private readonly waits: (() => void)[] = [];

  set(study: string): Promise<void> {
    this.asked += 1;
    this.waits.splice(0).forEach((wake) => wake());
    if (this.isAway) return Promise.reject(new Error('away'));
    this.marked.add(study);
    return Promise.resolve();
  }

  clear(study: string): Promise<void> {
    this.marked.delete(study);
    return Promise.resolve();
  }

  isSet(study: string): Promise<boolean> {
    return Promise.resolve(this.marked.has(study));
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.waits.push(resolve));
  }
}

describe('studies that wait in a spool', () => {
  it('are marked once Redis is back, and its absence is told once', async () => {
    const marks = new Marks();
    marks.isAway = true;
    const failures: Error[] = [];
    const pending = new PendingStudies(marks, 'spec', (error) => failures.push(error), 1);
    pending.add('1.2');
    pending.add('1.3');
    await marks.until(() => marks.asked > 10);
    expect(failures).toHaveLength(2);
    pending.remove('1.3');
    marks.isAway = false;
    await marks.until(() => marks.marked.has('1.2'));
    expect([...marks.marked]).toEqual(['1.2']);
    expect(await pending.has('1.2')).toBe(true);
    pending.close();
  });

  it('are marked while they have any instance', () => {
    const marks = new Marks();
    const pending = new PendingStudies(marks, 'spec', () => undefined);
    pending.add('1.2');
    pending.add('1.2');
    pending.remove('1.2');
    expect([...marks.marked]).toEqual(['1.2']);
    expect(pending.any).toBe(true);
    pending.remove('1.2');
    expect([...marks.marked]).toEqual([]);
    expect(pending.any).toBe(false);
    pending.close();
  });
});
