import { mkdtemp, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_TRANSFER_SYNTAXES, SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation, type DimseStatus, type ScuAssociation } from '@endplate/dimse';
import { createLogger, type RunningApplication, startApplication } from '@endplate/platform';
import { createWorker, type JobData, type QueueWorker } from '@endplate/queue';
import { createFilesystemStore, type ObjectEntry, type ObjectStore, STUDIES_PREFIX } from '@endplate/store';
import { parseListenerConfig } from '../listener.config';
import { DicomDoor, ListenerModule } from '../listener.module';
import { type TestInstance } from './instance';

/** A whole listener on a folder store and a real Redis. */
export class ListenerBench {
  private worker: QueueWorker | undefined;

  private constructor(
    readonly folder: string,
    readonly store: ObjectStore,
    readonly application: RunningApplication,
    readonly port: number,
    private readonly redis: { readonly url: string; readonly prefix: string },
    /** Ids of the messages that were logged, in order. */
    readonly logged: string[],
    private readonly logWaits: Set<() => void>,
  ) {}

  static async open(
    redisUrl: string,
    env: Readonly<Record<string, string>> = {},
    folder?: string,
  ): Promise<ListenerBench> {
    const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'endplate-listener-')));
    const prefix = `{t${randomUUID().slice(0, 30)}}`;
    const config = parseListenerConfig({
      ENDPLATE_DATA_DIR: dataDir,
      ENDPLATE_DICOM_PORT: '0',
      ENDPLATE_QUEUE_PREFIX: prefix,
      // Long beside the time between two instances of a spec, also on a busy machine.
      ENDPLATE_QUIET_MS: '700',
      ENDPLATE_RECONCILE_MS: '0',
      ENDPLATE_DRAIN_MS: '2000',
      REDIS_URL: redisUrl,
      ...env,
    });
    const logged: string[] = [];
    const logWaits = new Set<() => void>();
    const write = (line: string) => {
      logged.push((JSON.parse(line) as { msgId?: string }).msgId ?? '');
      logWaits.forEach((check) => check());
    };
    const application = await startApplication({
      app: 'listener',
      logLevel: 'debug',
      logger: createLogger({ app: 'listener', level: 'debug', destination: { write } }),
      modules: [ListenerModule.register(config)],
      http: { host: '127.0.0.1', port: 0 },
      processMetrics: false,
    });
    const { port } = application.nest.get(DicomDoor);
    const store = await createFilesystemStore({ root: dataDir });
    const redis = { url: redisUrl, prefix: config.redis.prefix };
    return new ListenerBench(dataDir, store, application, port ?? 0, redis, logged, logWaits);
  }

  /** Resolves when a message with this id has been logged so many times. */
  untilLogged(id: string, count = 1): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.logged.filter((one) => one === id).length < count) return;
        this.logWaits.delete(check);
        resolve();
      };
      this.logWaits.add(check);
      check();
    });
  }

  /** Resolves with the first analyse job. */
  nextAnalysis(): Promise<JobData<'analyse'>> {
    return new Promise((resolve) => {
      const handler = (job: JobData<'analyse'>) => Promise.resolve(resolve(job));
      this.worker = createWorker('analyse', handler, this.redis);
    });
  }

  async close(options: { keepFolder?: boolean } = {}): Promise<void> {
    await this.worker?.close();
    await this.application.close();
    if (!options.keepFolder) await rm(this.folder, { recursive: true, force: true });
  }

  /** An association as a modality would open it. */
  associate(
    callingAETitle = 'CT1',
    calledAETitle = 'ENDPLATE',
    abstractSyntax: string = SopClass.CTImageStorage,
  ): Promise<ScuAssociation> {
    const contexts = [
      { abstractSyntax, transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian] },
      { abstractSyntax: SopClass.MRImageStorage, transferSyntaxes: [...ALL_TRANSFER_SYNTAXES] },
      { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian] },
    ];
    return openAssociation({ host: '127.0.0.1', port: this.port, callingAETitle, calledAETitle, contexts });
  }

  /** One instance on an association of its own. */
  async send(instance: TestInstance, callingAETitle = 'CT1'): Promise<DimseStatus> {
    const association = await this.associate(callingAETitle);
    try {
      return await store(association, instance);
    } finally {
      await association.release();
    }
  }

  /** What `/readyz` says of each thing it asks. */
  async checks(): Promise<Record<string, string>> {
    const response = await fetch(`${await this.application.nest.getUrl()}/readyz`);
    return ((await response.json()) as { checks: Record<string, string> }).checks;
  }

  async metrics(): Promise<string> {
    return (await fetch(`${await this.application.nest.getUrl()}/metrics`)).text();
  }

  /** Everything below `studies/` but the timeline. */
  async objects(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.store.list(STUDIES_PREFIX) as AsyncIterable<ObjectEntry>) {
      if (!key.includes('/events/')) keys.push(key);
    }
    return keys.sort();
  }
}

/** C-STORE of an instance, with what is to be changed of it. */
export function store(
  association: ScuAssociation,
  { sopClassUID, sopInstanceUID, dataSet }: Pick<TestInstance, 'sopClassUID' | 'sopInstanceUID' | 'dataSet'>,
): Promise<DimseStatus> {
  const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
  return association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
}
