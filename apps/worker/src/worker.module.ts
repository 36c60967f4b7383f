import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { bindCatalogue, Health, type Logger, LOGGER, Metrics, loadFonts, softwareIdentity } from '@endplate/platform';
import { createQueues, type Queues } from '@endplate/queue';
import { Manifests, Timeline } from '@endplate/studies';
import { createFilesystemStore, createS3Store, type ObjectStore } from '@endplate/store';
import { AnalyseProcessor, ANALYSE_QUEUE } from './analyse/analyse.processor';
import { AnalyseVersion } from './analyse/analyse-version';
import { localAnalyser } from './analyse/local-analyser';
import { type StudyAnalyser } from './analyse/study-analyser.port';
import { reportRenderer } from './artefact/report-renderer';
import { type VersionRenderer } from './artefact/version-renderer.port';
import { loadBundle } from './bundle/load-bundle';
import { poolOf } from './process/analyser-pool';
import { startProcessAnalyser } from './process/process-analyser';
import { type WorkerConfig } from './worker.config';
import { WORKER_LOG } from './worker.log';
import { WorkerObserver } from './worker-observer';

const STORE = Symbol('worker:store');
const QUEUES = Symbol('worker:queues');
const ANALYSER = Symbol('worker:analyser');
const RENDERER = Symbol('worker:renderer');

/** One study may take this long; a CT of a whole spine takes a few minutes on two cores. */
const DEADLINE_MS = 30 * 60_000;

/** Takes `analyse` jobs. */
@Module({})
export class WorkerModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(STORE) private readonly store: ObjectStore,
    @Inject(QUEUES) private readonly queues: Queues,
    @Inject(ANALYSER) private readonly analyser: StudyAnalyser,
    @Inject(AnalyseProcessor) private readonly processor: AnalyseProcessor,
    @Inject(Health) private readonly health: Health,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  static register(config: WorkerConfig): DynamicModule {
    return {
      module: WorkerModule,
      providers: [
        { provide: STORE, useFactory: () => openStore(config) },
        { provide: QUEUES, useFactory: () => createQueues(config.redis) },
        { provide: ANALYSER, useFactory: () => openAnalyser(config) },
        {
          provide: RENDERER,
          useFactory: async () =>
            reportRenderer({
              profiles: config.profiles,
              kinds: config.kinds,
              fonts: await loadFonts(),
              language: config.analysis.language,
            }),
        },
        {
          provide: WorkerObserver,
          useFactory: (logger: Logger, metrics: Metrics, store: ObjectStore) =>
            new WorkerObserver(bindCatalogue(logger, WORKER_LOG), metrics, new Timeline(store, () => new Date())),
          inject: [LOGGER, Metrics, STORE],
        },
        {
          provide: AnalyseVersion,
          useFactory: (
            store: ObjectStore,
            queues: Queues,
            analyser: StudyAnalyser,
            renderer: VersionRenderer,
            observer: WorkerObserver,
          ) =>
            new AnalyseVersion({
              store,
              manifests: new Manifests(store),
              analyser,
              renderer,
              jobs: queues,
              destinations: config.destinations,
              told: config.told,
              notify: (event) => observer.workerEvent(event),
            }),
          inject: [STORE, QUEUES, ANALYSER, RENDERER, WorkerObserver],
        },
        {
          provide: ANALYSE_QUEUE,
          useFactory: (observer: WorkerObserver) => ({
            ...config.redis,
            concurrency: config.analysis.concurrency,
            lockDurationMs: config.analysis.lockMs,
            stalledIntervalMs: config.analysis.stalledMs,
            drainMs: config.analysis.drainMs,
            notify: (event: Parameters<WorkerObserver['queueEvent']>[0]) => observer.queueEvent(event),
          }),
          inject: [WorkerObserver],
        },
        AnalyseProcessor,
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.health.addReadiness('worker-store', () => this.store.health());
    this.health.addReadiness('worker-redis', () => this.queues.ping());
    this.health.addLiveness('worker-analyse', () => this.processor.health());
    const { name: model, version: modelVersion, sha256 } = this.analyser.model;
    bindCatalogue(this.logger, WORKER_LOG).ready({ model, modelVersion, sha256 });
    this.processor.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.processor.stop();
    await this.analyser.close();
    await this.queues.close();
    await this.store.close();
  }
}

function openStore({ store }: WorkerConfig): Promise<ObjectStore> {
  return store.kind === 'filesystem' ? createFilesystemStore(store) : createS3Store(store);
}

/** Processes of their own where the compiled entry is there, this process where the worker runs from its sources. */
async function openAnalyser({ analysis }: WorkerConfig): Promise<StudyAnalyser> {
  const { modelBundle: bundle, threads, concurrency } = analysis;
  const intraOpThreads = threads === 0 ? os.availableParallelism() : threads;
  const entry = path.join(__dirname, 'process', 'analysis-process.js');
  const software = softwareIdentity();
  if (!existsSync(entry)) return localAnalyser(await loadBundle(bundle, { intraOpThreads }), software);
  const options = { entry, bundle, intraOpThreads, software, deadlineMs: DEADLINE_MS };
  const all = await Promise.all(Array.from({ length: concurrency }, () => startProcessAnalyser(options)));
  return poolOf(all);
}
