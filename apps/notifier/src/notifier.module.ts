import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { bindCatalogue, Health, type Logger, LOGGER, Metrics } from '@endplate/platform';
import { createQueues, type QueueEvent, type Queues } from '@endplate/queue';
import { createFilesystemStore, createS3Store, type ObjectStore } from '@endplate/store';
import { Timeline } from '@endplate/studies';
import { CommitmentRecords } from './commitment/commitment-records';
import { CommitmentServer } from './commitment/commitment-server';
import { checkObject } from './deliver/check-object';
import { openDestination } from './destination/open-destination';
import { DeliveryProcessor, DELIVERY_QUEUE } from './lane/delivery.processor';
import { type LaneOptions } from './lane/destination-lane';
import { Dispatcher } from './lane/dispatcher';
import { type NotifierConfig } from './notifier.config';
import { RetrieveDesk } from './retrieve/retrieve-desk';
import { RetrieveServer } from './retrieve/retrieve-server';
import { NOTIFIER_LOG } from './notifier.log';
import { NotifierObserver } from './notifier-observer';
import { DeliveryRecords } from './record/delivery-records';

const STORE = Symbol('notifier:store');
const QUEUES = Symbol('notifier:queues');
const CONFIG = Symbol('notifier:config');

/** Takes `deliver` and `verify` jobs. */
@Module({})
export class NotifierModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(STORE) private readonly store: ObjectStore,
    @Inject(QUEUES) private readonly queues: Queues,
    @Inject(CONFIG) private readonly config: NotifierConfig,
    @Inject(DeliveryProcessor) private readonly processor: DeliveryProcessor,
    @Inject(CommitmentServer) private readonly commitments: CommitmentServer,
    @Inject(RetrieveServer) private readonly retrieve: RetrieveServer,
    @Inject(Health) private readonly health: Health,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  static register(config: NotifierConfig): DynamicModule {
    const { delivery, redis } = config;
    return {
      module: NotifierModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: STORE, useFactory: () => openStore(config) },
        { provide: QUEUES, useFactory: () => createQueues(redis) },
        {
          provide: NotifierObserver,
          useFactory: (logger: Logger, metrics: Metrics, store: ObjectStore) =>
            new NotifierObserver(bindCatalogue(logger, NOTIFIER_LOG), metrics, new Timeline(store, () => new Date())),
          inject: [LOGGER, Metrics, STORE],
        },
        {
          provide: DELIVERY_QUEUE,
          useFactory: (observer: NotifierObserver): LaneOptions => ({
            ...redis,
            lockDurationMs: delivery.lockMs,
            stalledIntervalMs: delivery.stalledMs,
            drainMs: delivery.drainMs,
            notify: (event: QueueEvent) => observer.queueEvent(event),
          }),
          inject: [NotifierObserver],
        },
        {
          provide: Dispatcher,
          useFactory: (store: ObjectStore, observer: NotifierObserver, lane: LaneOptions, desk: RetrieveDesk) =>
            new Dispatcher(
              config.destinations.map((settings) => ({
                settings,
                port: openDestination(settings, {
                  aeTitle: delivery.aeTitle,
                  commitments: new CommitmentRecords(store),
                  moveBack: { desk, aeTitle: delivery.retrieveAETitle },
                  nowMs: () => Date.now(),
                }),
              })),
              lane,
              {
                store,
                records: new DeliveryRecords(store),
                commitments: new CommitmentRecords(store),
                now: () => new Date().toISOString(),
                notify: (event) => observer.deliveryEvent(event),
                check: checkObject,
              },
            ),
          inject: [STORE, NotifierObserver, DELIVERY_QUEUE, RetrieveDesk],
        },
        DeliveryProcessor,
        RetrieveDesk,
        {
          provide: RetrieveServer,
          useFactory: (desk: RetrieveDesk) => {
            const { retrieveHost: host, retrievePort: port, retrieveAETitle: aeTitle } = delivery;
            const callingAETitles = config.destinations.flatMap((one) =>
              one.kind === 'dimse' && one.byteCheck === 'c-move'
                ? [one.aeTitle, one.query?.aeTitle ?? one.aeTitle]
                : [],
            );
            return new RetrieveServer({ host, port, aeTitle, callingAETitles }, desk);
          },
          inject: [RetrieveDesk],
        },
        {
          provide: CommitmentServer,
          useFactory: (store: ObjectStore) => {
            const { commitmentHost: host, commitmentPort: port, aeTitle } = delivery;
            const own = config.destinations.flatMap((one) => (one.kind === 'dimse' ? (one.callingAETitle ?? []) : []));
            return new CommitmentServer({ host, port, aeTitles: [aeTitle, ...own] }, new CommitmentRecords(store));
          },
          inject: [STORE],
        },
      ],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    this.health.addReadiness('notifier-store', () => this.store.health());
    this.health.addReadiness('notifier-redis', () => this.queues.ping());
    this.health.addLiveness('notifier-deliver', () => this.processor.health());
    const destinations = this.config.destinations.map(({ name }) => name);
    bindCatalogue(this.logger, NOTIFIER_LOG).ready({ destinations });
    if (this.config.delivery.commitmentPort > 0) await this.commitments.listen();
    if (this.config.delivery.retrievePort > 0) await this.retrieve.listen();
    this.processor.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.processor.stop();
    await this.commitments.close();
    await this.retrieve.close();
    await this.queues.close();
    await this.store.close();
  }
}

function openStore({ store }: NotifierConfig): Promise<ObjectStore> {
  return store.kind === 'filesystem' ? createFilesystemStore(store) : createS3Store(store);
}
