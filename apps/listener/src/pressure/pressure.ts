/** What can run short. */
export type Resource = 'queue' | 'disk' | 'memory';

/** A reading as load: 1 is the watermark, more is over it. */
export interface Gauge {
  readonly resource: Resource;
  /** Below this load the pressure is over; above it, and below 1, it stays as it was. */
  readonly calmBelow: number;
  /** Load now; undefined where it cannot be told, then the last verdict stays. */
  read(): Promise<number | undefined>;
}

/** Told when a resource passes its watermark, in either direction. */
export type PressureListener = (resource: Resource, isHigh: boolean, load: number) => void;

/** Resources without which an instance cannot be kept; a long queue alone lets open associations finish. */
const REFUSE_INSTANCES: readonly Resource[] = ['disk', 'memory'];

/**
 * Whether work must be turned away now. With hysteresis, so that the door does not flap. Asking costs nothing: the
 * gauges are read by {@link sample}, whatever the number of associations.
 */
export class Pressure {
  private readonly high = new Set<Resource>();
  private sampling: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly gauges: readonly Gauge[],
    private readonly changed: PressureListener,
  ) {}

  /** True while any resource is over its watermark: new associations are rejected as temporary congestion. */
  get refusesAssociations(): boolean {
    return this.high.size > 0;
  }

  /** True while an instance might not find room: it is answered with A700. */
  get refusesInstances(): boolean {
    return REFUSE_INSTANCES.some((one) => this.high.has(one));
  }

  /** Whether a resource is over its watermark. */
  isHigh(resource: Resource): boolean {
    return this.high.has(resource);
  }

  /** Reads every gauge once; never rejects, and never runs twice at a time. */
  sample(): Promise<void> {
    this.sampling ??= this.readAll().finally(() => (this.sampling = undefined));
    return this.sampling;
  }

  /** Reads the gauges now and from now on. */
  async start(everyMs: number): Promise<void> {
    this.timer = setInterval(() => void this.sample(), everyMs).unref();
    await this.sample();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async readAll(): Promise<void> {
    await Promise.all(
      this.gauges.map(async (gauge) => {
        const load = await gauge.read().catch(() => undefined);
        if (load !== undefined) this.judge(gauge, load);
      }),
    );
  }

  private judge({ resource, calmBelow }: Gauge, load: number): void {
    const wasHigh = this.high.has(resource);
    const isHigh = load >= 1 || (wasHigh && load >= calmBelow);
    if (isHigh === wasHigh) return;
    if (isHigh) this.high.add(resource);
    else this.high.delete(resource);
    this.changed(resource, isHigh, load);
  }
}
