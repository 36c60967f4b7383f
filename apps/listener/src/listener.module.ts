import { randomUUID } from 'node:crypto';
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
import { type ObjectStore } from '@endplate/store';
import { StudyAssembler, Timeline } from '@endplate/studies';
import { AeDirectory } from './association/ae-directory';
import { DoorGuard } from './association/door-guard';
import { SharedQuotas } from './association/shared-quotas';
import { identityCheck } from './association/user-identity';
import { CommitmentDesk } from './commitment/commitment-desk';
import { commitmentDeskProvider } from './commitment/commitment-desk.provider';
import { CompletenessProcessor } from './completeness/completeness.processor';
import { completenessProvider } from './completeness/completeness.provider';
import { evidenceRecorderProvider } from './completeness/evidence.provider';
import { DicomDoor } from './dicom-door';
import { dicomDoorProvider } from './dicom-door.provider';
import { DoorObserver } from './door-observer';
import { type ListenerConfig } from './listener.config';
import { LISTENER_LOG } from './listener.log';
import { ListenerObserver } from './listener-observer';
import { MaintenanceProcessor } from './maintenance/maintenance.processor';
import { forgetSteps } from './notice/performed-steps';
import { openStore } from './open-store';
import { workerOptions } from './worker-options';
import { holderOf } from './receive/holder';
import { InstanceLedger } from './receive/instance-ledger';
import { InstanceReceiver } from './receive/instance-receiver';
import { openIntake, type OpenIntake } from './receive/open-intake';
import { PendingStudies } from './receive/pending-studies';
import { SpoolMetrics } from './receive/spool-metrics';
import { openPressure } from './pressure/open-pressure';
import { Pressure } from './pressure/pressure';
import { DoorReload } from './reload/door-reload';
import { StowController } from './stow/stow.controller';
import { StowService } from './stow/stow-service';

export { DicomDoor } from './dicom-door';
export { withSpoolBeside } from './receive/spool-beside';

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
    @Inject(CommitmentDesk) private readonly desk: CommitmentDesk,
    @Inject(DicomDoor) private readonly door: DicomDoor,
    @Inject(DoorReload) private readonly reload: DoorReload,
    @Inject(Pressure) private readonly pressure: Pressure,
    @Inject(SharedQuotas) private readonly quotas: SharedQuotas,
    @Inject(DoorObserver) private readonly doorObserver: DoorObserver,
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
            new AeDirectory(
              config.dicom.aeConfig?.value,
              { quietMs: config.study.quietMs, priority: 'routine' },
              config.dicom.aeTitle,
            ),
        },
        {
          provide: DoorObserver,
          useFactory: (logger: Logger, metrics: Metrics) =>
            new DoorObserver(bindCatalogue(logger, LISTENER_LOG), metrics),
          inject: [LOGGER, Metrics],
        },
        {
          provide: Pressure,
          useFactory: (queues: Queues, observer: DoorObserver) =>
            openPressure(config, queues, (...change) => observer.pressure(...change)),
          inject: [QUEUES, DoorObserver],
        },
        {
          provide: SharedQuotas,
          useFactory: ({ usage }: Queues) => new SharedQuotas({ usage, holder: randomUUID(), now: Date.now }),
          inject: [QUEUES],
        },
        {
          provide: DoorGuard,
          useFactory: (directory: AeDirectory, pressure: Pressure, quotas: SharedQuotas, observer: DoorObserver) => {
            const refused = (code: string, source: string) => observer.refused(code, source);
            return new DoorGuard({ directory, pressure, quotas, identities: identityCheck(), refused });
          },
          inject: [AeDirectory, Pressure, SharedQuotas, DoorObserver],
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
            return openIntake(config, store, ledger, pending, observer, new SpoolMetrics(metrics));
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
          useFactory: (
            receiver: InstanceReceiver,
            directory: AeDirectory,
            observer: ListenerObserver,
            pressure: Pressure,
            quotas: SharedQuotas,
          ) => {
            const refused = (error: unknown) => observer.instanceRefused(error, 'STOW-RS');
            return new StowService(receiver, { directory, quotas, pressure }, config.stow, refused);
          },
          inject: [InstanceReceiver, AeDirectory, ListenerObserver, Pressure, SharedQuotas],
        },
        evidenceRecorderProvider(STORE, QUEUES, now),
        commitmentDeskProvider(STORE, config.dicom.aeTitle, now),
        dicomDoorProvider(STORE, config.dicom, now),
        {
          provide: DoorReload,
          useFactory: (directory: AeDirectory, door: DicomDoor, observer: DoorObserver) =>
            new DoorReload(config.dicom, directory, door, (what, faults) => observer.reloaded(what, faults)),
          inject: [AeDirectory, DicomDoor, DoorObserver],
        },
        completenessProvider(config, STORE, QUEUES, now),
        {
          provide: MaintenanceProcessor,
          useFactory: (store: ObjectStore, queues: Queues, timeline: Timeline, observer: ListenerObserver) => {
            const defaults = { quietMs: config.study.quietMs, priority: 'routine' as const };
            const { destinations, told } = config;
            const ports = { store, timeline, jobs: queues, destinations, told, defaults, now };
            const options = { ...workerOptions(config, observer), everyMs: config.study.reconcileMs };
            return new MaintenanceProcessor(ports, queues, observer, options, forgetSteps(store, now));
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
    this.desk.start();
    this.doorObserver.describe(this.health, this.pressure, this.reload, () => this.door.validUntil);
    await this.pressure.start(this.config.pressure.sampleMs);
    await this.reload.start();
    const port = await this.door.open();
    const { host, aeTitle, tlsCert } = this.config.dicom;
    bindCatalogue(this.logger, LISTENER_LOG).listening({ host, port, aeTitle, tls: tlsCert !== undefined });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.reload.stop();
    await this.door.close();
    this.pressure.stop();
    this.quotas.close();
    await Promise.all([this.completeness.stop(), this.maintenance.stop(), this.desk.stop()]);
  }

  /** After HTTP has closed: a STOW-RS request needs both until its end. */
  async onApplicationShutdown(): Promise<void> {
    await this.receiving.spool?.close();
    await this.assembler.close();
    await this.queues.close();
    await this.store.close();
  }
}
