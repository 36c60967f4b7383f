import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Health } from '@endplate/platform';
import { createQueues, type Queues } from '@endplate/queue';
import { createFilesystemStore, createS3Store, type ObjectStore } from '@endplate/store';
import { StudyReader, Timeline } from '@endplate/studies';
import { CorrectionController } from './api/correction.controller';
import { DeliveryRetry } from './api/delivery-retry';
import { FindingCorrection } from './api/finding-correction';
import { openApiDocument } from './api/open-api';
import { RetryController } from './api/retry.controller';
import { OPEN_API, StudyController } from './api/study.controller';
import { StudyViews } from './api/study-reader';
import { WorklistReader } from './api/worklist-reader';
import { type ConsoleConfig } from './console.config';
import { readPage } from './web/page-files';
import { PAGE, WebController } from './web/web.controller';

const STORE = Symbol('console:store');
const QUEUES = Symbol('console:queues');
const READER = Symbol('console:reader');

/** Shows what is there, begins anew what was given up and takes readers' corrections; in nobody's path. */
@Module({})
export class ConsoleModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(STORE) private readonly store: ObjectStore,
    @Inject(QUEUES) private readonly queues: Queues,
    @Inject(Health) private readonly health: Health,
  ) {}

  static register(config: ConsoleConfig): DynamicModule {
    return {
      module: ConsoleModule,
      controllers: [StudyController, RetryController, CorrectionController, WebController],
      providers: [
        { provide: STORE, useFactory: () => openStore(config) },
        { provide: QUEUES, useFactory: () => createQueues(config.redis) },
        {
          provide: DeliveryRetry,
          useFactory: (store: ObjectStore, jobs: Queues) =>
            new DeliveryRetry({ store, jobs, timeline: new Timeline(store, () => new Date()) }),
          inject: [STORE, QUEUES],
        },
        {
          provide: FindingCorrection,
          useFactory: (store: ObjectStore, queues: Queues) => {
            const now = () => new Date();
            return new FindingCorrection({
              store,
              jobs: queues,
              lock: queues,
              timeline: new Timeline(store, now),
              now,
            });
          },
          inject: [STORE, QUEUES],
        },
        {
          provide: READER,
          useFactory: (store: ObjectStore) => new StudyReader(store, new Timeline(store, () => new Date())),
          inject: [STORE],
        },
        {
          provide: WorklistReader,
          useFactory: (store: ObjectStore, reader: StudyReader) =>
            new WorklistReader({ store, reader, clock: () => performance.now() }),
          inject: [STORE, READER],
        },
        {
          provide: StudyViews,
          useFactory: (store: ObjectStore, reader: StudyReader) => new StudyViews({ store, reader }),
          inject: [STORE, READER],
        },
        { provide: PAGE, useFactory: () => readPage() },
        { provide: OPEN_API, useFactory: () => openApiDocument('1') },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.health.addReadiness('console-store', () => this.store.health());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.queues.close();
    await this.store.close();
  }
}

function openStore({ store }: ConsoleConfig): Promise<ObjectStore> {
  return store.kind === 'filesystem' ? createFilesystemStore(store) : createS3Store(store);
}
