import { type Metrics } from '@endplate/platform';
import { type Spool, type SpoolEvent } from '@endplate/store';

/** Shows how the spool stands: a backlog that grows, or a write that gets slow, is seen before it is full. */
export class SpoolMetrics {
  private readonly groupRecords;
  private readonly fsyncSeconds;

  constructor(private readonly metrics: Metrics) {
    this.groupRecords = metrics.histogram({
      name: 'endplate_spool_group_records',
      help: 'Instances that one write of the spool made durable',
      buckets: [1, 2, 4, 8, 16, 32, 64],
    });
    this.fsyncSeconds = metrics.histogram({
      name: 'endplate_spool_fsync_seconds',
      help: 'Time of one durable write of the spool',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
    });
  }

  /** The gauges ask the spool when they are scraped. */
  watch(spool: Pick<Spool, 'state'>): void {
    this.metrics.gauge({
      name: 'endplate_spool_backlog_instances',
      help: 'Acknowledged instances that are not in the object store yet',
      collect: (gauge) => gauge.set(spool.state.records),
    });
    this.metrics.gauge({
      name: 'endplate_spool_backlog_seconds',
      help: 'Age of the oldest acknowledged instance that is not in the object store yet',
      collect: (gauge) => gauge.set(spool.state.oldestMs / 1000),
    });
    this.metrics.gauge({
      name: 'endplate_spool_bytes',
      help: 'Bytes in use of the spool; at ENDPLATE_SPOOL_MAX_BYTES instances are refused',
      collect: (gauge) => gauge.set(spool.state.sizeBytes),
    });
    this.metrics.gauge({
      name: 'endplate_spool_segments',
      help: 'Segment files of the spool: in use, kept for the next use, uploaded and kept for a time',
      labels: ['use'],
      collect: (gauge) => {
        const { segments, spares, retained } = spool.state;
        gauge.set({ use: 'live' }, segments);
        gauge.set({ use: 'spare' }, spares);
        gauge.set({ use: 'retained' }, retained);
      },
    });
  }

  observe(event: SpoolEvent): void {
    if (event.type !== 'group-committed') return;
    this.groupRecords.observe(event.records);
    this.fsyncSeconds.observe(event.syncMs / 1000);
  }
}
