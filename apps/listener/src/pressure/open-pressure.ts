import { mkdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { type Queues } from '@endplate/queue';
import { type ListenerConfig } from '../listener.config';
import { diskGauge, memoryGauge, memoryWatermark, queueGauge } from './gauges';
import { type Gauge, Pressure, type PressureListener } from './pressure';

/** The pressure on this process, by the watermarks of its configuration. */
export function openPressure(
  { pressure, dicom, store }: Pick<ListenerConfig, 'pressure' | 'dicom' | 'store'>,
  queues: Pick<Queues, 'counts'>,
  changed: PressureListener,
): Pressure {
  const gauges: Gauge[] = [];
  if (pressure.queuedStudies > 0) gauges.push(queueGauge(() => queues.counts('analyse'), pressure.queuedStudies));
  const spool = dicom.acknowledge === 'store' ? undefined : dicom.spoolDir;
  const folders = [store.kind === 'filesystem' ? store.root : undefined, spool].filter((one) => one !== undefined);
  if (pressure.freeBytes > 0 && folders.length > 0) {
    folders.forEach((folder) => mkdirSync(folder, { recursive: true }));
    gauges.push(diskGauge(folders, pressure.freeBytes));
  }
  const memoryBytes =
    pressure.memoryBytes > 0 ? pressure.memoryBytes : memoryWatermark(process.constrainedMemory(), totalmem());
  if (memoryBytes !== undefined) gauges.push(memoryGauge(memoryBytes));
  return new Pressure(gauges, changed);
}
