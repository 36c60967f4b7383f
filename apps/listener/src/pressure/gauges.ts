import { statfs } from 'node:fs/promises';
import { type QueueCounts } from '@endplate/queue';
import { type Gauge } from './pressure';

/** Part of a container's memory that is the watermark where none is named. */
const MEMORY_SHARE = 0.85;

/** Work that waits in a queue, as a part of `most`; Redis that is away tells nothing. */
export function queueGauge(counts: () => Promise<QueueCounts>, most: number): Gauge {
  const read = async () => (await counts()).waiting / most;
  return { resource: 'queue', calmBelow: 0.8, read };
}

/** Free bytes of the fullest of some disks: load 1 at `leastFreeBytes`, calm again with a quarter more. */
export function diskGauge(folders: readonly string[], leastFreeBytes: number): Gauge {
  const read = async () => {
    const free = await Promise.all(
      folders.map(async (folder) => {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize;
      }),
    );
    return leastFreeBytes / Math.max(1, Math.min(...free));
  };
  return { resource: 'disk', calmBelow: 0.8, read };
}

/** Resident bytes of this process, as a part of `mostBytes`. */
export function memoryGauge(mostBytes: number, rssBytes: () => number = () => process.memoryUsage.rss()): Gauge {
  return { resource: 'memory', calmBelow: 0.9, read: () => Promise.resolve(rssBytes() / mostBytes) };
}

/**
 * The watermark of memory where none is named: 85 % of what the container may have; undefined without a container.
 * @param constrainedBytes - what the system limits this process to; 0 or more than the machine has: no limit
 */
export function memoryWatermark(constrainedBytes: number, machineBytes: number): number | undefined {
  const isLimited = constrainedBytes > 0 && constrainedBytes <= machineBytes;
  return isLimited ? constrainedBytes * MEMORY_SHARE : undefined;
}
