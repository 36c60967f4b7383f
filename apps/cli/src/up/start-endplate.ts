import path from 'node:path';
import {
  ConfigInvalidError,
  createLogger,
  type Logger,
  parseConfig,
  startApplication,
  STORE_SECTION,
} from '@endplate/platform';
import { parseConsoleConfig } from '../../../console/src/console.config';
import { ConsoleModule } from '../../../console/src/console.module';
import { parseListenerConfig } from '../../../listener/src/listener.config';
import { DicomDoor, ListenerModule, withSpoolBeside } from '../../../listener/src/listener.module';
import { parseNotifierConfig } from '../../../notifier/src/notifier.config';
import { NotifierModule } from '../../../notifier/src/notifier.module';
import { parseWorkerConfig } from '../../../worker/src/worker.config';
import { WorkerModule } from '../../../worker/src/worker.module';
import { CliError } from '../errors';
import { type KeptRedis, keepRedis } from '../redis/kept-redis';
import { claimDataDir } from './up-record';

/** Every app in this process. */
export interface RunningEndplate {
  readonly dicom: { readonly aeTitle: string; readonly host: string; readonly port: number };
  readonly httpUrl: string;
  readonly redisUrl: string;
  readonly dataDir: string;
  /** Rejects when it can't go on by itself. */
  readonly died: Promise<never>;
  /** Drains and ends everything that was started. */
  readonly close: () => Promise<void>;
}

/** Settings and log of {@link startEndplate}. */
export interface StartOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** To standard output when not given. */
  readonly logger?: Logger;
}

/**
 * Starts listener, worker, notifier and console in this process, over the store of the environment and a redis-server of
 * our own where `REDIS_URL` is not set.
 *
 * @throws {@link CliError} usage for faults of the configuration, all of them at once; failed when a port is taken, the
 * data folder is in use or redis-server is missing
 */
export async function startEndplate({ env: given, logger }: StartOptions): Promise<RunningEndplate> {
  const { store } = configured(() => parseConfig({ store: STORE_SECTION }, given));
  const env = withSpoolBeside(given, store.dataDir);
  const claim = await claimDataDir(store.dataDir);
  const ends: (() => Promise<void>)[] = [claim.release];
  const close = async (): Promise<void> => {
    for (let end = ends.pop(); end; end = ends.pop()) await end();
  };
  try {
    // Faults of the configuration are told before anything is started.
    configured(() => readConfigs({ REDIS_URL: 'redis://127.0.0.1', ...env }));
    const log = logger ?? createLogger({ app: 'endplate', level: env['ENDPLATE_LOG_LEVEL'] ?? 'info' });
    const redis = env['REDIS_URL'] ? undefined : await startOwnRedis(store.dataDir, log);
    if (redis) ends.push(redis.stop);
    const redisUrl = redis?.url ?? env['REDIS_URL'] ?? '';
    const configs = configured(() => readConfigs({ ...env, REDIS_URL: redisUrl }));
    const { listener, worker, notifier, console } = configs;
    const application = await startApplication({
      app: 'endplate',
      logLevel: listener.log.level,
      logger: log,
      http: console.http,
      modules: [
        ListenerModule.register(listener),
        WorkerModule.register(worker),
        NotifierModule.register(notifier),
        ConsoleModule.register(console),
      ],
    });
    ends.push(() => application.close());
    const { host, aeTitle } = listener.dicom;
    const dicom = { aeTitle, host, port: application.nest.get(DicomDoor).port ?? listener.dicom.port };
    await claim.write({ redisUrl, httpUrl: application.httpUrl, dicom });
    const died = redis?.gaveUp ?? new Promise<never>(() => undefined);
    return { dicom, httpUrl: application.httpUrl, redisUrl, dataDir: store.dataDir, died, close };
  } catch (error) {
    await close();
    throw named(error);
  }
}

type Env = Readonly<Record<string, string | undefined>>;

interface Configs {
  readonly listener: ReturnType<typeof parseListenerConfig>;
  readonly worker: ReturnType<typeof parseWorkerConfig>;
  readonly notifier: ReturnType<typeof parseNotifierConfig>;
  readonly console: ReturnType<typeof parseConsoleConfig>;
}

/** The four apps read the same environment, each its own part. */
function readConfigs(env: Env): Configs {
  const faults = new Set<string>();
  const read = <T>(parse: (env: Env) => T): T | undefined => {
    try {
      return parse(env);
    } catch (error) {
      if (!(error instanceof ConfigInvalidError)) throw error;
      for (const fault of error.faults) faults.add(fault);
      return undefined;
    }
  };
  const listener = read(parseListenerConfig);
  const worker = read(parseWorkerConfig);
  const notifier = read(parseNotifierConfig);
  const console = read(parseConsoleConfig);
  if (!listener || !worker || !notifier || !console) throw new ConfigInvalidError([...faults].sort());
  return { listener, worker, notifier, console };
}

function configured<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigInvalidError) throw new CliError('CLI_USAGE', error.message, { cause: error });
    throw error;
  }
}

async function startOwnRedis(dataDir: string, log: Logger): Promise<KeptRedis> {
  return keepRedis(path.join(dataDir, 'redis'), () =>
    log.error({ msgId: 'CLI-001' }, 'redis-server ended by itself and is started again'),
  );
}

function named(error: unknown): unknown {
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code !== 'EADDRINUSE') return error;
  const text = `Port ${String(port)} is taken. Set ENDPLATE_HTTP_PORT or ENDPLATE_DICOM_PORT to another one.`;
  return new CliError('CLI_FAILED', text, { cause: error });
}
