/** Instances that a listener acknowledged and has not brought to the object store yet, as its `/metrics` says. */
export async function spoolBacklog(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^endplate_spool_backlog_instances (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Resolves when the object store has everything; gives how long that took, in ms. */
export async function untilSettled(metricsUrl: string): Promise<number> {
  const startedAt = performance.now();
  while ((await spoolBacklog(metricsUrl)) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  return performance.now() - startedAt;
}
