/** Resolves when the thing works, rejects with the reason when not. */
export type HealthCheck = () => Promise<void>;

/** What a probe is told. */
export interface HealthReport {
  readonly ok: boolean;
  /** Per check `ok`, or the code of its failure; among them details that do not count. */
  readonly checks: Readonly<Record<string, string>>;
}

/**
 * Liveness (restart me when this fails: only what a restart cures) and readiness (send me no work now). Every check
 * has an end: one that does not answer in time counts as failed.
 */
export class Health {
  private readonly liveness = new Map<string, HealthCheck>();
  private readonly readiness = new Map<string, HealthCheck>();
  private readonly details = new Map<string, () => string>();
  private draining = false;

  constructor(private readonly timeoutMs = 5000) {}

  /** A check that a restart cures. */
  addLiveness(name: string, check: HealthCheck): void {
    this.liveness.set(name, check);
  }

  /** A check of what the process needs to take work. */
  addReadiness(name: string, check: HealthCheck): void {
    this.readiness.set(name, check);
  }

  /** A word beside the readiness checks that never makes the process unready. */
  addDetail(name: string, state: () => string): void {
    this.details.set(name, state);
  }

  /** From now on not ready: the process finishes what it has. */
  drain(): void {
    this.draining = true;
  }

  live(): Promise<HealthReport> {
    return this.run(this.liveness);
  }

  async ready(): Promise<HealthReport> {
    const { ok, checks } = await this.run(this.readiness);
    const details = [...this.details].map(([name, state]) => [name, state()] as const);
    const report = { ok, checks: { ...checks, ...Object.fromEntries(details) } };
    if (!this.draining) return report;
    return { ok: false, checks: { ...report.checks, drain: 'DRAINING' } };
  }

  private async run(checks: ReadonlyMap<string, HealthCheck>): Promise<HealthReport> {
    const outcomes = await Promise.all(
      [...checks].map(async ([name, check]) => [name, await this.outcome(check)] as const),
    );
    return { ok: outcomes.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(outcomes) };
  }

  private async outcome(check: HealthCheck): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('TIMEOUT'), this.timeoutMs);
    });
    const answer = Promise.resolve()
      .then(check)
      .then(
        () => 'ok',
        (error: unknown) => String((error as { code?: unknown } | undefined)?.code ?? 'FAILED'),
      );
    const outcome = await Promise.race([answer, late]);
    clearTimeout(timer);
    return outcome;
  }
}
