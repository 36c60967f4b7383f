/**
 * The listener beside Orthanc and DCMTK's storescp, in turn, from the same sender: rates, answers, CPU and memory.
 *
 * ```
 * npm run bench:ingest -- [--rounds N] [--instances N] [--associations 1,4,16] [--kind ct|mr|both]
 *                      [--acknowledge spool|store] [--json]
 * ```
 *
 * Progress and tables go to standard error; with `--json` the last line of standard output is the result, of the CT
 * instances where both kinds are sent.
 * @packageDocumentation
 */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type InstanceKind } from './instance-maker';
import { median } from './median';
import { missingPrograms, type PeerName, PEERS, type RunningPeer, startPeer } from './peers';
import { ProcessLoad } from './process-load';
import { type SendOrder, type SendResult } from './sender';
import { untilReady, untilSettled } from './spool-backlog';
import { spoolAlone } from './spool-alone';
import { SPOOL_ENV } from './spool-env';

interface Measured extends SendResult {
  readonly perSecond: number;
  /** The same, but until the object store has every instance; a receiver without a spool has them by then. */
  readonly settledPerSecond: number;
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
}

interface Settings {
  readonly rounds: number;
  readonly instances: number;
  readonly associations: readonly number[];
  readonly kinds: readonly InstanceKind[];
  readonly json: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** MR instances that each receiver takes before it is measured. */
const WARM_UP = 500;

class UsageError extends Error {}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      instances: { type: 'string', default: '1000' },
      associations: { type: 'string', default: '1,4,16' },
      kind: { type: 'string', default: 'ct' },
      acknowledge: { type: 'string', default: 'spool' },
      json: { type: 'boolean', default: false },
    },
  });
  const whole = (name: string, text: string): number => {
    if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`--${name} must be a whole number from 1`);
    return Number(text);
  };
  const { kind, acknowledge, json } = values;
  if (kind !== 'ct' && kind !== 'mr' && kind !== 'both') throw new UsageError('--kind must be ct, mr or both');
  if (acknowledge !== 'store' && acknowledge !== 'spool') throw new UsageError('--acknowledge must be store or spool');
  return {
    rounds: whole('rounds', values.rounds),
    instances: whole('instances', values.instances),
    associations: values.associations.split(',').map((text) => whole('associations', text)),
    kinds: kind === 'both' ? ['ct', 'mr'] : [kind],
    json,
    env: acknowledge === 'spool' ? SPOOL_ENV : {},
  };
}

/** Sends an order from a process of its own. */
async function send(order: SendOrder): Promise<SendResult> {
  const sender = fork(path.join(__dirname, 'sender.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(sender, 'exit').then(() => Promise.reject(new Error('the sender failed')));
  sender.send(order);
  const [result] = (await Promise.race([once(sender, 'message'), ended])) as [SendResult];
  ended.catch(() => undefined);
  return result;
}

/** What a receiver does for the first time costs it more than once it has run for seconds: that is not measured. */
async function warmUp(peer: RunningPeer): Promise<void> {
  const order = { port: peer.port, calledAETitle: peer.aeTitle, kind: 'mr' as const, instances: WARM_UP, associations: 4 }; // prettier-ignore
  await send(order);
  if (peer.metricsUrl !== undefined) await untilSettled(peer.metricsUrl);
}

async function measure(
  peer: RunningPeer,
  kind: InstanceKind,
  instances: number,
  associations: number,
): Promise<Measured> {
  // What the peer before has left to the disk is not this one's.
  execFileSync('sync');
  const order: SendOrder = { port: peer.port, calledAETitle: peer.aeTitle, kind, instances, associations };
  const load = new ProcessLoad(peer.pid);
  try {
    const result = await send(order);
    const { elapsedMs } = result;
    const used = load.stop();
    const settlingMs = peer.metricsUrl === undefined ? 0 : await untilSettled(peer.metricsUrl);
    const settledPerSecond = (1000 * instances) / (elapsedMs + settlingMs);
    return { ...result, ...used, perSecond: (1000 * instances) / elapsedMs, settledPerSecond };
  } finally {
    load.stop();
  }
}

/** By {@link cellOf}. */
type Table = ReadonlyMap<string, Measured[]>;

const cellOf = (name: PeerName, kind: InstanceKind, associations: number): string => `${name} ${kind} ${associations}`;

async function run(settings: Settings): Promise<Table> {
  const table = new Map<string, Measured[]>();
  const orders = settings.kinds.flatMap((kind) => settings.associations.map((count) => [kind, count] as const));
  for (let round = 1; round <= settings.rounds; round += 1) {
    for (const name of PEERS) {
      const peer = await startPeer(name, settings.env);
      try {
        if (peer.metricsUrl !== undefined && settings.env === SPOOL_ENV) await untilReady(peer.metricsUrl);
        await warmUp(peer);
        for (const [kind, associations] of orders) {
          const measured = await measure(peer, kind, settings.instances, associations);
          const cell = cellOf(name, kind, associations);
          table.set(cell, [...(table.get(cell) ?? []), measured]);
          process.stderr.write(`round ${round}/${settings.rounds}  ${kind}  ${line(name, associations, measured)}\n`);
        }
      } finally {
        await peer.stop();
      }
    }
  }
  return table;
}

function line(name: string, associations: number, one: Measured): string {
  const cells = [
    name.padEnd(9),
    `${associations}`.padStart(3),
    `${one.perSecond.toFixed(0)}/s`.padStart(8),
    `p50 ${one.p50Ms.toFixed(1)} ms`.padStart(13),
    `p99 ${one.p99Ms.toFixed(1)} ms`.padStart(14),
    `CPU ${one.cpuSeconds.toFixed(2)} s`.padStart(12),
    `peak RSS ${one.peakRssMb.toFixed(0)} MB`.padStart(16),
    ...(name === 'endplate' ? [`until stored ${one.settledPerSecond.toFixed(0)}/s`] : []),
  ];
  return cells.join('  ');
}

/** Medians of each figure by itself. */
function medians(all: readonly Measured[]): Measured {
  const of = (key: keyof Measured): number => median(all.map((one) => one[key]));
  const [elapsedMs, p50Ms, p99Ms] = [of('elapsedMs'), of('p50Ms'), of('p99Ms')];
  const [perSecond, cpuSeconds, peakRssMb] = [of('perSecond'), of('cpuSeconds'), of('peakRssMb')];
  return { elapsedMs, p50Ms, p99Ms, perSecond, settledPerSecond: of('settledPerSecond'), cpuSeconds, peakRssMb };
}

function report({ associations }: Settings, kind: InstanceKind, table: Table): object {
  const rates: Record<string, Record<string, number>> = {};
  const ratios: Record<string, Record<string, number>> = { orthanc: {}, storescp: {} };
  const of = (name: PeerName, count: number): readonly Measured[] => table.get(cellOf(name, kind, count)) ?? [];
  process.stderr.write(`\nmedians, ${kind}\n`);
  for (const count of associations) {
    for (const name of PEERS) {
      const middle = medians(of(name, count));
      process.stderr.write(`${line(name, count, middle)}\n`);
      (rates[name] ??= {})[count] = Number(middle.perSecond.toFixed(1));
      // Rounds are compared with themselves: what else the machine does weighs on both.
      const each = of('endplate', count).map((ours, i) => ours.perSecond / (of(name, count)[i]?.perSecond ?? NaN));
      if (name in ratios) ratios[name]![count] = Number(median(each).toFixed(2));
    }
  }
  for (const [name, byCount] of Object.entries(ratios)) {
    const cells = Object.entries(byCount).map(([count, ratio]) => `${count}: ${ratio} x`);
    process.stderr.write(`endplate beside ${name}, by associations  ${cells.join('  ')}\n`);
  }
  return { ratios, rates };
}

async function reportSpool({ associations, instances }: Settings, kind: InstanceKind): Promise<void> {
  for (const count of associations) {
    const perSecond = await spoolAlone(kind, instances, count);
    process.stderr.write(`spool alone, ${kind}, ${count} at a time: ${perSecond.toFixed(0)}/s\n`);
  }
}

async function main(): Promise<number> {
  try {
    const settings = readSettings();
    const missing = missingPrograms();
    if (missing) {
      process.stderr.write(`${missing}\n`);
      return 1;
    }
    const table = await run(settings);
    const [result] = settings.kinds.map((kind) => report(settings, kind, table));
    for (const kind of settings.kinds) await reportSpool(settings, kind);
    if (settings.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    const code = (error as { code?: unknown }).code;
    const usage = error instanceof UsageError || (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS'));
    return usage ? 2 : 1;
  }
}

void main().then((code) => (process.exitCode = code));
