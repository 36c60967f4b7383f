/** One analysis in a fresh process: `node kernel-run.js FOLDER MODEL THREADS`; tells the parent what it took. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  analyseStudy,
  openSegmenter,
  openThreadedSegmenter,
  type KernelStage,
  type SpineSegmenter,
} from '@endplate/kernel';
import { startThreads } from '@endplate/platform';
import { openFolder } from './kernel-study';

/** Seconds of wall and processor time. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** What one analysis took. */
export interface RunCost {
  readonly threads: number;
  readonly whole: Cost;
  /** The calls of onnxruntime once more by themselves, one after the other, in one session that has all the threads. */
  readonly network: Cost & { readonly calls: number; readonly slices: number };
  readonly stages: Readonly<Partial<Record<KernelStage, Cost>>>;
  readonly peakRssMb: number;
  /** Resident after the network was loaded, before the study. */
  readonly loadedRssMb: number;
  readonly outcome: string;
  readonly discs: number;
}

class Watch {
  private wallAt = process.hrtime.bigint();
  private cpuAt = process.cpuUsage();

  /** Seconds since the last lap. */
  lap(): Cost {
    const wall = process.hrtime.bigint();
    const { user, system } = process.cpuUsage(this.cpuAt);
    const cost = { wall: Number(wall - this.wallAt) / 1e9, cpu: (user + system) / 1e6 };
    [this.wallAt, this.cpuAt] = [wall, process.cpuUsage()];
    return cost;
  }
}

const plus = (a: Cost | undefined, b: Cost): Cost => ({ wall: (a?.wall ?? 0) + b.wall, cpu: (a?.cpu ?? 0) + b.cpu });

/** Calls of one shape, with an input of one of them. */
interface NetworkCalls {
  readonly input: Float32Array;
  readonly shape: Parameters<SpineSegmenter['segment']>[1];
  count: number;
}

async function bareCalls(segmenter: SpineSegmenter, calls: Iterable<NetworkCalls>): Promise<Cost> {
  // The first of a shape takes memory for all.
  for (const { input, shape } of calls) await segmenter.segment(input, shape);
  const watch = new Watch();
  for (const { input, shape, count } of calls) for (let n = 0; n < count; n++) await segmenter.segment(input, shape);
  return watch.lap();
}

async function run(folder: string, model: string, threads: number): Promise<RunCost> {
  const read = (file: string): Promise<Uint8Array> => readFile(path.join(model, file));
  const segmenter = await openThreadedSegmenter(read, threads, startThreads);
  const study = await openFolder(folder);
  const loadedRssMb = process.memoryUsage().rss / 1e6;
  const calls = new Map<string, NetworkCalls>();
  const stages: Partial<Record<KernelStage, Cost>> = {};
  let stage: KernelStage = 'gate';
  const watch = new Watch();
  const total = new Watch();
  const { findings } = await analyseStudy(
    { ...study, version: 1, digest: '', createdAt: '2000-01-01T00:00:00Z' },
    {
      software: { name: 'Endplate', version: 'bench' },
      segmenter: {
        ...segmenter,
        segment(input, shape, place) {
          const same = calls.get(shape.join());
          if (same) same.count++;
          else calls.set(shape.join(), { input: input.slice(), shape, count: 1 });
          return segmenter.segment(input, shape, place);
        },
      },
      notify(event) {
        if (event.type !== 'stage') return;
        stages[stage] = plus(stages[stage], watch.lap());
        stage = event.stage;
      },
    },
  );
  const whole = total.lap();
  const peakRssMb = process.resourceUsage().maxRSS / 1e3;
  const all = [...calls.values()];
  await segmenter.close();
  const bare = await openSegmenter(read, { intraOpThreads: threads });
  return {
    threads,
    whole,
    network: {
      ...(await bareCalls(bare, all)),
      calls: all.reduce((sum, { count }) => sum + count, 0),
      slices: all.reduce((sum, { count, shape }) => sum + count * shape[0], 0),
    },
    stages,
    peakRssMb,
    loadedRssMb,
    outcome: findings.outcome.status,
    discs: findings.discs.length,
  };
}

const [folder, model, threads] = process.argv.slice(2);
if (!folder || !model || !threads) throw new Error('node kernel-run.js FOLDER MODEL THREADS');
void run(folder, model, Number(threads)).then((cost) => process.send?.(cost));
