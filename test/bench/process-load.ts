import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc (USER_HZ). */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 100;

/** Watches a process and its descendants over Linux's /proc. */
export class ProcessLoad {
  private peakBytes = 0;
  private readonly startSeconds: number;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.startSeconds = cpuSeconds(pid);
    this.sample();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
  }

  /** CPU seconds (user and system, ended children included) since the beginning, and the highest resident size. */
  stop(): { readonly cpuSeconds: number; readonly peakRssMb: number } {
    clearInterval(this.timer);
    this.sample();
    return { cpuSeconds: cpuSeconds(this.pid) - this.startSeconds, peakRssMb: this.peakBytes / 1e6 };
  }

  private sample(): void {
    const bytes = tree(this.pid).reduce((sum, pid) => sum + residentBytes(pid), 0);
    this.peakBytes = Math.max(this.peakBytes, bytes);
  }
}

function tree(pid: number): number[] {
  const found = [pid];
  for (let i = 0; i < found.length; i += 1) found.push(...childrenOf(found[i]!));
  return found;
}

/** Each thread knows the processes that it has begun. */
function childrenOf(pid: number): number[] {
  const threads = list(`/proc/${pid}/task`);
  const texts = threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`) ?? '');
  return texts.flatMap((text) => text.split(' ').filter(Boolean).map(Number));
}

function cpuSeconds(root: number): number {
  // Fields 14 to 17 of proc(5): utime, stime, and those of children that have ended.
  const ticks = tree(root).flatMap((pid) => stat(pid)?.slice(11, 15).map(Number) ?? []);
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

/** The fields from the third on; the second, the program's name, may have blanks in it. */
function stat(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function residentBytes(pid: number): number {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
