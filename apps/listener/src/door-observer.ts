import { type CatalogueLog, type Health, type Metrics } from '@endplate/platform';
import { type LISTENER_LOG } from './listener.log';
import { type Pressure, type Resource } from './pressure/pressure';
import { type DoorReload } from './reload/door-reload';
import { type ReloadedName } from './reload/reloaded';

/** Log lines, metrics and health details of who is let in: pressure, quotas, reloads, certificates. */
export class DoorObserver {
  private readonly pressed;
  private readonly turnedAway;
  private readonly reloads;
  private readonly stale;
  private readonly validUntil;

  constructor(
    private readonly log: CatalogueLog<typeof LISTENER_LOG>,
    metrics: Metrics,
  ) {
    this.pressed = metrics.gauge({
      name: 'endplate_pressure',
      help: '1 while a resource is over its watermark and senders are turned away',
      labels: ['resource'],
    });
    this.turnedAway = metrics.counter({
      name: 'endplate_instances_turned_away_total',
      help: 'Instances answered with A700 before their data set was looked at, by code',
      labels: ['code'],
    });
    this.reloads = metrics.counter({
      name: 'endplate_reloads_total',
      help: 'AE lists and certificates that were read again, by outcome',
      labels: ['what', 'outcome'],
    });
    this.stale = metrics.gauge({
      name: 'endplate_reload_stale',
      help: '1 while a file has a fault and what was read before it holds',
      labels: ['what'],
    });
    this.validUntil = metrics.gauge({
      name: 'endplate_tls_valid_until_seconds',
      help: 'When the certificate chain of the DICOM server ends, seconds since 1970',
    });
    for (const resource of ['queue', 'disk', 'memory']) this.pressed.set({ resource }, 0);
  }

  pressure(resource: Resource, isHigh: boolean, load: number): void {
    this.pressed.set({ resource }, isHigh ? 1 : 0);
    const percent = Math.round(100 * load);
    if (isHigh) this.log.pressureHigh({ resource, percent });
    else this.log.pressureOver({ resource, percent });
  }

  refused(code: string, callingAETitle: string): void {
    this.turnedAway.inc({ code });
    this.log.instanceTurnedAway({ source: callingAETitle, code });
  }

  reloaded(what: ReloadedName, faults: readonly string[]): void {
    this.reloads.inc({ what, outcome: faults.length > 0 ? 'kept-old' : 'reloaded' });
    this.stale.set({ what }, faults.length > 0 ? 1 : 0);
    if (faults.length > 0) this.log.reloadRefused({ what, faults: faults.join('; ') });
    else this.log.reloaded({ what });
  }

  tlsLoaded(validUntil: Date): void {
    this.validUntil.set(validUntil.getTime() / 1000);
  }

  /** Details of readiness: they are shown, and never make the process unready, or nobody could send at all. */
  describe(health: Health, pressure: Pressure, reload: DoorReload, validUntil: () => Date | undefined): void {
    for (const resource of ['queue', 'disk', 'memory'] as const) {
      health.addDetail(`listener-pressure-${resource}`, () => (pressure.isHigh(resource) ? 'HIGH' : 'ok'));
    }
    for (const one of reload.parts) {
      health.addDetail(`listener-${one.name}`, () => (one.isStale ? 'STALE' : 'ok'));
    }
    health.addDetail('listener-certificate', () => certificateState(validUntil(), new Date()));
  }
}

const SOON_MS = 30 * 24 * 3_600_000;

/** `none`, `ok`, `ENDS_SOON` (within 30 days) or `EXPIRED`. */
export function certificateState(validUntil: Date | undefined, now: Date): string {
  if (!validUntil) return 'none';
  const leftMs = validUntil.getTime() - now.getTime();
  if (leftMs <= 0) return 'EXPIRED';
  return leftMs < SOON_MS ? 'ENDS_SOON' : 'ok';
}
