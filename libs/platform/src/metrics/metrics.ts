import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Name, meaning and labels of a metric; labels never carry UIDs or names of persons. */
export interface MetricOptions<L extends string> {
  /** Begins with `endplate_`, ends with its unit (`_seconds`, `_bytes`) or `_total`. */
  readonly name: `endplate_${string}`;
  readonly help: string;
  readonly labels?: readonly L[];
}

/** The metrics of one process. Asking twice for the same name gives the same metric. */
export class Metrics {
  private readonly registry = new Registry();

  constructor(options: { readonly processMetrics: boolean } = { processMetrics: true }) {
    if (options.processMetrics) collectDefaultMetrics({ register: this.registry });
  }

  /** A number that only grows. */
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L> {
    return this.once(options.name, () => new Counter({ ...this.base(options) }));
  }

  /** A number that goes up and down; `collect` is asked at every scrape. */
  gauge<L extends string = never>(
    options: MetricOptions<L> & { readonly collect?: (gauge: Gauge<L>) => void | Promise<void> },
  ): Gauge<L> {
    const { collect } = options;
    return this.once(
      options.name,
      () =>
        new Gauge<L>({
          ...this.base(options),
          ...(collect
            ? {
                collect(this: Gauge<L>) {
                  return collect(this);
                },
              }
            : {}),
        }),
    );
  }

  /** A distribution with fixed upper bounds of its buckets. */
  histogram<L extends string = never>(
    options: MetricOptions<L> & { readonly buckets: readonly number[] },
  ): Histogram<L> {
    return this.once(options.name, () => new Histogram({ ...this.base(options), buckets: [...options.buckets] }));
  }

  /** The text a scrape gets, and its content type. */
  async expose(): Promise<{ text: string; contentType: string }> {
    return { text: await this.registry.metrics(), contentType: this.registry.contentType };
  }

  private base<L extends string>(options: MetricOptions<L>) {
    return { name: options.name, help: options.help, labelNames: options.labels ?? [], registers: [this.registry] };
  }

  private once<M>(name: string, make: () => M): M {
    return (this.registry.getSingleMetric(name) as M | undefined) ?? make();
  }
}
