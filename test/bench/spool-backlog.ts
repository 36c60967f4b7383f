import { waitUntil } from '../../apps/cli/src/process/wait-until';

/** Instances that a listener acknowledged and has not brought to the object store yet, as its `/metrics` says. */
export async function spoolBacklog(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^endplate_spool_backlog_instances (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Often enough for a tenth of a second, and no load by itself: each answer costs the listener a millisecond or two. */
const POLL_MS = 40;

/** Waits for the time of the next question. */
export function nextPoll(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** Segment files that a listener with the default of ENDPLATE_SPOOL_MAX_BYTES makes ready when it starts. */
const READY_SEGMENTS = 8;

/** Resolves when a listener that has just started is as one that has run for seconds: its segment files are ready. */
export async function untilReady(metricsUrl: string): Promise<void> {
  await waitUntil(
    'segment files are ready',
    async () => {
      const text = await (await fetch(metricsUrl)).text();
      const spares = Number(/^endplate_spool_segments{use="spare"} (\d+)$/m.exec(text)?.[1] ?? 0);
      return spares >= READY_SEGMENTS ? true : undefined;
    },
    { timeoutMs: 120_000 },
  );
}

/** Resolves when the object store has everything; gives how long that took, in ms. */
export async function untilSettled(metricsUrl: string): Promise<number> {
  const startedAt = performance.now();
  while ((await spoolBacklog(metricsUrl)) > 0) await nextPoll();
  return performance.now() - startedAt;
}
