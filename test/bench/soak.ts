/**
 * The listener over a long time: many associations at a modest rate; resident size and open files from first to last.
 *
 * ```
 * npm run soak -- [--minutes N] [--per-second N] [--associations N] [--acknowledge spool|store]
 * ```
 *
 * A line per sample; the last line is `{"rssMb":{...},"files":{...},"isFlat",...}`. Judged are the last three quarters
 * of the time: the slope of a line through the samples with its 95 % interval, and medians of their first and last
 * third. Flat is what rises by less than 2 MB from one to the other.
 * @packageDocumentation
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation, Status } from '@endplate/dimse';
import { instanceMaker } from './instance-maker';
import { median } from './median';
import { startPeer } from './peers';
import { SPOOL_ENV } from './spool-env';

/** Instances of one association, and associations of one study. */
const PER_ASSOCIATION = 4;
const PER_STUDY = 40;
/** The first part is start-up: what the process needs once, and what its collector makes of it. */
const WARM_UP = 0.25;
/** A rise between the medians that counts as none, MB. */
const FLAT_MB = 2;
const SAMPLES = 120;

interface Sample {
  readonly minute: number;
  readonly rssMb: number;
  readonly files: number;
}

interface Settings {
  readonly minutes: number;
  readonly perSecond: number;
  readonly associations: number;
  readonly env: Readonly<Record<string, string>>;
}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      'per-second': { type: 'string', default: '12' },
      associations: { type: 'string', default: '4' },
      acknowledge: { type: 'string', default: 'spool' },
    },
  });
  const positive = (name: string, text: string): number => {
    const value = Number(text);
    if (!(value > 0)) throw new Error(`--${name} must be above 0`);
    return value;
  };
  return {
    minutes: positive('minutes', values.minutes),
    perSecond: positive('per-second', values['per-second']),
    associations: Math.ceil(positive('associations', values.associations)),
    env: values.acknowledge === 'spool' ? SPOOL_ENV : {},
  };
}

/** What has been sent; every answer was success. */
class Traffic {
  associations = 0;
  instances = 0;
  private readonly endAt: number;

  constructor(
    private readonly port: number,
    private readonly settings: Settings,
  ) {
    this.endAt = performance.now() + settings.minutes * 60_000;
  }

  /** One sender's associations, one after the other, paced so that all senders together keep the rate. */
  async run(): Promise<void> {
    const everyMs = (1000 * PER_ASSOCIATION * this.settings.associations) / this.settings.perSecond;
    for (let next = performance.now(); performance.now() < this.endAt; next += everyMs) {
      await this.associate();
      const pauseMs = next + everyMs - performance.now();
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  private async associate(): Promise<void> {
    const study = Math.floor(this.associations / PER_STUDY);
    const serial = (this.associations += 1);
    const make = instanceMaker('mr', `soak ${study}`);
    const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
    const sopClassUID = SopClass.MRImageStorage;
    const contexts = [{ abstractSyntax: sopClassUID, transferSyntaxes: [transferSyntaxUID] }];
    const titles = { callingAETitle: 'SOAK', calledAETitle: 'ENDPLATE' };
    const association = await openAssociation({ host: '127.0.0.1', port: this.port, contexts, ...titles });
    for (let i = 0; i < PER_ASSOCIATION; i += 1) {
      const { sopInstanceUID, dataSet } = make(serial * PER_ASSOCIATION + i);
      const { status } = await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
      if (status !== Status.Success) throw new Error(`the listener answered 0x${status.toString(16)}`);
      this.instances += 1;
    }
    await association.release();
  }
}

function sample(pid: number, minute: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const rssMb = (1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)) / 1e6;
  return { minute, rssMb, files: readdirSync(`/proc/${pid}/fd`).length };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/**
 * Least squares, per hour, with the half width of its 95 % interval. Samples of one process follow each other, so
 * they count as fewer: by the correlation of each residual with the next (Bartlett 1935, first order).
 */
function slopePerHour(samples: readonly Sample[], of: (one: Sample) => number): { slope: number; halfWidth: number } {
  const [x, y] = [mean(samples.map(({ minute }) => minute)), mean(samples.map(of))];
  const spread = samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
  const slope = samples.reduce((sum, one) => sum + (one.minute - x) * (of(one) - y), 0) / spread;
  const residuals = samples.map((one) => of(one) - y - slope * (one.minute - x));
  const squares = residuals.reduce((sum, one) => sum + one * one, 0);
  const follow = residuals.slice(1).reduce((sum, one, i) => sum + one * residuals[i]!, 0) / (squares || 1);
  const independent = Math.max(3, (samples.length * (1 - follow)) / (1 + follow));
  const error = Math.sqrt(squares / samples.length / (independent - 2) / (spread / samples.length));
  return { slope: 60 * slope, halfWidth: 60 * 1.96 * error };
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function figures(
  samples: readonly Sample[],
  of: (one: Sample) => number,
): Record<string, unknown> & { isFlat: boolean } {
  const { slope, halfWidth } = slopePerHour(samples, of);
  const third = Math.ceil(samples.length / 3);
  const [first, last] = [median(samples.slice(0, third).map(of)), median(samples.slice(-third).map(of))];
  return {
    start: round(of(samples[0]!)),
    end: round(of(samples.at(-1)!)),
    highest: round(Math.max(...samples.map(of))),
    medianOfFirstThird: round(first),
    medianOfLastThird: round(last),
    slopePerHour: round(slope),
    slopeInterval: [round(slope - halfWidth), round(slope + halfWidth)],
    isFlat: last - first < FLAT_MB,
  };
}

function report(samples: readonly Sample[], { associations, instances }: Traffic): object {
  const minutes = samples.at(-1)!.minute;
  const steady = samples.filter(({ minute }) => minute >= WARM_UP * minutes);
  const { isFlat, ...rssMb } = figures(steady, ({ rssMb: value }) => value);
  const files = { ...figures(steady, ({ files: value }) => value), isFlat: undefined };
  const highestOfAll = round(Math.max(...samples.map(({ rssMb: value }) => value)));
  return { minutes: round(minutes), associations, instances, rssMb: { ...rssMb, highestOfAll }, files, isFlat };
}

async function main(): Promise<void> {
  const settings = readSettings();
  const peer = await startPeer('endplate', settings.env);
  const samples: Sample[] = [];
  const startedAt = performance.now();
  const traffic = new Traffic(peer.port, settings);
  const take = (): void => {
    const one = sample(peer.pid, (performance.now() - startedAt) / 60_000);
    samples.push(one);
    process.stdout.write(`${one.minute.toFixed(1)} min  RSS ${one.rssMb.toFixed(1)} MB  files ${one.files}  associations ${traffic.associations}  instances ${traffic.instances}\n`); // prettier-ignore
  };
  const timer = setInterval(take, (settings.minutes * 60_000) / SAMPLES);
  try {
    await Promise.all(Array.from({ length: settings.associations }, () => traffic.run()));
    take();
    process.stdout.write(`${JSON.stringify(report(samples, traffic))}\n`);
  } finally {
    clearInterval(timer);
    await peer.stop();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
