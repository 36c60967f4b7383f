import { type KernelEvent, type KernelResult, type StudyInput } from '@endplate/kernel';
import { type StudyAnalyser } from '../analyse/study-analyser.port';

/**
 * Several analysers as one: each study goes to one that is free, or waits for the first that gets free.
 * @param analysers - at least one, all with the same network
 */
export function poolOf(analysers: readonly StudyAnalyser[]): StudyAnalyser {
  const [first] = analysers;
  if (!first) throw new RangeError('a pool needs an analyser');
  return new AnalyserPool(first, analysers);
}

class AnalyserPool implements StudyAnalyser {
  readonly model;
  private readonly free: StudyAnalyser[];
  private readonly waiting: ((analyser: StudyAnalyser) => void)[] = [];

  constructor(
    first: StudyAnalyser,
    private readonly all: readonly StudyAnalyser[],
  ) {
    this.model = first.model;
    this.free = [...all];
  }

  async analyse(input: StudyInput, signal: AbortSignal, notify: (event: KernelEvent) => void): Promise<KernelResult> {
    const analyser = this.free.pop() ?? (await new Promise<StudyAnalyser>((resolve) => this.waiting.push(resolve)));
    try {
      return await analyser.analyse(input, signal, notify);
    } finally {
      const next = this.waiting.shift();
      if (next) next(analyser);
      else this.free.push(analyser);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((analyser) => analyser.close()));
  }
}
