/**
 * What the kernel costs beyond its network: a CT of 512 x 512 x 600 at 1 mm and an MR pair of 2 x 15 slices of 384 x 384, each
 * analysed in fresh processes, with every core and with one thread.
 *
 * ```
 * npm run bench:kernel -- [--small] [--rounds N] [--kind ct|mr|both] [--model DIR] [--json]
 * ```
 *
 * The network's calls are timed by themselves after the analysis, with the same shapes: in it, other work goes on beside
 * them. Stages come from the kernel's own events; outlines and key images are part of `measure`. Progress and tables go to standard
 * error; with `--json` the last line of standard output is the result.
 * @packageDocumentation
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { modelFolder } from '@endplate/platform';
import { type RunCost } from './kernel-run';
import { FULL, SMALL, writeCt, writeMr } from './kernel-study';

/** Goals of the issue, in the units of the table. */
const GOAL = { ratio: 1.5, ctPeakRssMb: 1200 } as const;

const { values } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1' },
    kind: { type: 'string', default: 'both' },
    model: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

type Kind = 'ct' | 'mr';

interface KindResult {
  readonly kind: Kind;
  /** Every core, then one thread; the run of least wall time each. */
  readonly all: RunCost;
  readonly single: RunCost;
  readonly kernelToNetwork: number;
  readonly singleToAll: number;
}

async function main(): Promise<void> {
  const model = modelFolder(values.model ?? process.env['MODEL_BUNDLE']);
  if (!model || !/^(ct|mr|both)$/.test(values.kind) || !/^[1-9]\d?$/.test(values.rounds))
    throw new Error('see the head of the file');
  const size = values.small ? SMALL : FULL;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-bench-'));
  const results: KindResult[] = [];
  try {
    for (const kind of (['ct', 'mr'] as const).filter((one) => values.kind === 'both' || values.kind === one)) {
      const study = path.join(folder, kind);
      await mkdir(study);
      process.stderr.write(`drawing the ${kind.toUpperCase()} ...\n`);
      await (kind === 'ct' ? writeCt : writeMr)(study, size);
      results.push(await measure(kind, study, model));
      await rm(study, { recursive: true });
      process.stderr.write(table(results[results.length - 1]!));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ bench: 'kernel', small: values.small, goal: GOAL, results })}\n`);
}

async function measure(kind: Kind, study: string, model: string): Promise<KindResult> {
  const best = async (threads: number): Promise<RunCost> => {
    const runs: RunCost[] = [];
    for (let round = 0; round < Number(values.rounds); round++) runs.push(await freshRun(study, model, threads));
    return runs.reduce((a, b) => (b.whole.wall < a.whole.wall ? b : a));
  };
  const all = await best(os.availableParallelism());
  const single = await best(1);
  return {
    kind,
    all,
    single,
    kernelToNetwork: all.whole.wall / all.network.wall,
    singleToAll: single.whole.wall / all.whole.wall,
  };
}

async function freshRun(study: string, model: string, threads: number): Promise<RunCost> {
  const child = fork(path.join(__dirname, 'kernel-run.js'), [study, model, String(threads)]);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`kernel-run ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const [cost] = (await Promise.race([once(child, 'message'), ended])) as [RunCost];
  child.disconnect();
  return cost;
}

function table({ kind, all, single, kernelToNetwork, singleToAll }: KindResult): string {
  const line = (...cells: string[]): string =>
    cells.map((cell, n) => (n === 0 ? cell.padEnd(28) : cell.padStart(12))).join('');
  const seconds = (value: number | undefined): string => (value ?? 0).toFixed(2);
  const row = (name: string, of: (run: RunCost) => { wall: number; cpu: number } | undefined): string =>
    line(name, seconds(of(all)?.wall), seconds(of(all)?.cpu), seconds(of(single)?.wall), seconds(of(single)?.cpu));
  const stages = ['gate', 'decode', 'resample', 'segment', 'level', 'measure'] as const;
  const goal = kind === 'ct' ? `, goal ${GOAL.ctPeakRssMb}` : '';
  return `${[
    '',
    line(`${kind.toUpperCase()}, seconds`, `${all.threads} threads`, 'cpu', '1 thread', 'cpu'),
    ...stages.map((stage) => row(stage, (run) => run.stages[stage])),
    row('whole kernel', (run) => run.whole),
    row(`onnxruntime, ${all.network.slices} slices`, (run) => run.network),
    `kernel / onnxruntime ${kernelToNetwork.toFixed(2)} (goal ${GOAL.ratio}); one thread ${(single.whole.wall / single.network.wall).toFixed(2)}; one thread / ${all.threads} threads ${singleToAll.toFixed(2)}`,
    `peak RSS ${all.peakRssMb.toFixed(0)} MB (network loaded: ${all.loadedRssMb.toFixed(0)}${goal}); ${all.outcome}, ${all.discs} discs`,
  ].join('\n')}\n`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
