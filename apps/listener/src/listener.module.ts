import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { bindCatalogue, Health, type Logger, LOGGER, Metrics } from '@endplate/platform';
import { createQueues, type Queues } from '@endplate/queue';
import { createFilesystemStore, createS3Store, type ObjectStore } from '@endplate/store';
import { Manifests, StudyAssembler, StudyCompleter, Timeline } from '@endplate/studies';
import { AeDirectory } from './association/ae-directory';
import { CompletenessProcessor } from './completeness/completeness.processor';
import { DicomDoor } from './dicom-door';
import { type ListenerConfig } from './listener.config';
import { LISTENER_LOG } from './listener.log';
import { ListenerObserver } from './listener-observer';
import { MaintenanceProcessor } from './maintenance/maintenance.processor';
import { InstanceLedger } from './receive/instance-ledger';
import { InstanceReceiver } from './receive/instance-receiver';
import { openIntake, type OpenIntake } from './receive/open-intake';
import { PendingStudies } from './receive/pending-studies';
import { SpoolMetrics } from './receive/spool-metrics';
import { StoreService } from './receive/store-service';
import { StowController } from './stow/stow.controller';
import { StowService } from './stow/stow-service';

export { DicomDoor } from './dicom-door';

const STORE = Symbol('listener:store');
const QUEUES = Symbol('listener:queues');
const CONFIG = Symbol('listener:config');
const INTAKE = Symbol('listener:intake');

/** Takes instances by C-STORE and STOW-RS, decides when studies are complete, keeps queues and objects in step. */
@Module({})
export class ListenerModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(CONFIG) private readonly config: ListenerConfig,
    @Inject(STORE) private readonly store: ObjectStore,
    @Inject(QUEUES) private readonly queues: Queues,
    @Inject(INTAKE) private readonly receiving: OpenIntake,
    @Inject(StudyAssembler) private readonly assembler: StudyAssembler,
    @Inject(CompletenessProcessor) private readonly completeness: CompletenessProcessor,
    @Inject(MaintenanceProcessor) private readonly maintenance: MaintenanceProcessor,
    @Inject(DicomDoor) private readonly door: DicomDoor,
    @Inject(Health) private readonly health: Health,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  static register(config: ListenerConfig): DynamicModule {
    const now = () => new Date();
    return {
      module: ListenerModule,
      controllers: [StowController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: STORE, useFactory: () => openStore(config) },
        {
          provide: ListenerObserver,
          useFactory: (logger: Logger, metrics: Metrics) =>
            new ListenerObserver(bindCatalogue(logger, LISTENER_LOG), metrics),
          inject: [LOGGER, Metrics],
        },
        {
          provide: QUEUES,
          useFactory: (observer: ListenerObserver) =>
            createQueues({ ...config.redis, notify: (event) => observer.queue(event) }),
          inject: [ListenerObserver],
        },
        { provide: Timeline, useFactory: (store: ObjectStore) => new Timeline(store, now), inject: [STORE] },
        {
          provide: AeDirectory,
          useFactory: () =>
            new AeDirectory(config.dicom.aeConfig?.value, { quietMs: config.study.quietMs, priority: 'routine' }),
        },
        {
          provide: StudyAssembler,
          useFactory: (jobs: Queues, timeline: Timeline, observer: ListenerObserver) =>
            new StudyAssembler({ jobs, timeline, notify: ({ error }) => observer.quietPeriodDelayed(error) }),
          inject: [QUEUES, Timeline, ListenerObserver],
        },
        {
          provide: PendingStudies,
          useFactory: (queues: Queues, observer: ListenerObserver) =>
            new PendingStudies(queues.marks, holderOf(config), (error) => observer.quietPeriodDelayed(error)),
          inject: [QUEUES, ListenerObserver],
        },
        {
          provide: INTAKE,
          useFactory: (
            store: ObjectStore,
            assembler: StudyAssembler,
            timeline: Timeline,
            pending: PendingStudies,
            observer: ListenerObserver,
            metrics: Metrics,
          ) => {
            const ledger = new InstanceLedger({ assembler, timeline, notify: (event) => observer.receive(event) });
            return openIntake(config.dicom, store, ledger, pending, observer, new SpoolMetrics(metrics));
          },
          inject: [STORE, StudyAssembler, Timeline, PendingStudies, ListenerObserver, Metrics],
        },
        {
          provide: InstanceReceiver,
          useFactory: ({ intake }: OpenIntake) =>
            new InstanceReceiver({ intake, maxInstanceBytes: config.dicom.maxInstanceBytes }),
          inject: [INTAKE],
        },
        {
          provide: StowService,
          useFactory: (receiver: InstanceReceiver, directory: AeDirectory, observer: ListenerObserver) =>
            new StowService(receiver, directory, config.stow, (error) => observer.instanceRefused(error, 'STOW-RS')),
          inject: [InstanceReceiver, AeDirectory, ListenerObserver],
        },
        {
          provide: DicomDoor,
          useFactory: (receiver: InstanceReceiver, directory: AeDirectory, observer: ListenerObserver) => {
            const refused = (error: unknown, source: string) => observer.instanceRefused(error, source);
            const service = new StoreService(receiver, directory, refused);
            return new DicomDoor(config.dicom, directory, service, (event) => observer.dimse(event));
          },
          inject: [InstanceReceiver, AeDirectory, ListenerObserver],
        },
        {
          provide: CompletenessProcessor,
          useFactory: (
            store: ObjectStore,
            queues: Queues,
            timeline: Timeline,
            pending: PendingStudies,
            observer: ListenerObserver,
          ) => {
            const manifests = new Manifests(store);
            const completer = new StudyCompleter({ store, manifests, timeline, jobs: queues, lock: queues, now });
            return new CompletenessProcessor(completer, pending, queues, observer, workerOptions(config, observer));
          },
          inject: [STORE, QUEUES, Timeline, PendingStudies, ListenerObserver],
        },
        {
          provide: MaintenanceProcessor,
          useFactory: (store: ObjectStore, queues: Queues, timeline: Timeline, observer: ListenerObserver) => {
            const defaults = { quietMs: config.study.quietMs, priority: 'routine' as const };
            const { destinations, told } = config;
            const ports = { store, timeline, jobs: queues, destinations, told, defaults, now };
            const options = { ...workerOptions(config, observer), everyMs: config.study.reconcileMs };
            return new MaintenanceProcessor(ports, queues, observer, options);
          },
          inject: [STORE, QUEUES, Timeline, ListenerObserver],
        },
      ],
      exports: [DicomDoor],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    this.health.addReadiness('listener-store', () => this.store.health());
    const { spool } = this.receiving;
    if (spool) this.health.addReadiness('listener-spool', () => Promise.resolve().then(() => spool.checkRoom()));
    // Redis is no part of readiness: while it is away instances are taken all the same, and reconciled later.
    this.health.addLiveness('listener-completeness', () => this.completeness.health());
    this.completeness.start();
    this.maintenance.start();
    const port = await this.door.open();
    const { host, aeTitle, tlsCert } = this.config.dicom;
    bindCatalogue(this.logger, LISTENER_LOG).listening({ host, port, aeTitle, tls: tlsCert !== undefined });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.door.close();
    await Promise.all([this.completeness.stop(), this.maintenance.stop()]);
  }

  /** After HTTP has closed: a STOW-RS request needs both until its end. */
  async onApplicationShutdown(): Promise<void> {
    await this.receiving.spool?.close();
    await this.assembler.close();
    await this.queues.close();
    await this.store.close();
  }
}

/** The same name after a restart: what a process left in its spool is then no longer held by somebody who is gone. */
function holderOf({ dicom }: ListenerConfig): string {
  return createHash('sha256')
    .update(`${hostname()}\0${dicom.spoolDir ?? ''}`)
    .digest('hex')
    .slice(0, 16);
}

function openStore({ store }: ListenerConfig): Promise<ObjectStore> {
  return store.kind === 'filesystem' ? createFilesystemStore(store) : createS3Store(store);
}

function workerOptions({ redis, dicom }: ListenerConfig, observer: ListenerObserver) {
  const notify: NonNullable<Parameters<typeof createQueues>[0]['notify']> = (event) => observer.queue(event);
  return { ...redis, drainMs: dicom.drainMs, notify };
}
