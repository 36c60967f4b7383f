import { type DynamicModule, type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigInvalidError } from '../errors';
import { Health } from '../health/health';
import { ProblemFilter } from '../http/problem.filter';
import { createLogger, type Logger, NestLog } from '../log/logger';
import { PlatformModule } from '../platform.module';

/** What a process is made of. */
export interface ApplicationOptions {
  readonly app: string;
  readonly logLevel: string;
  readonly modules: readonly (DynamicModule | Type)[];
  readonly http: { readonly host: string; readonly port: number };
  readonly logger?: Logger;
  readonly processMetrics?: boolean;
}

/** A process that runs. */
export interface RunningApplication {
  readonly nest: INestApplication;
  /** Where HTTP answers. */
  readonly httpUrl: string;
  /** Not ready any more, then every module's shutdown hooks. */
  close(): Promise<void>;
}

/** A connection on which nothing moves is closed after this, in ms. */
const HTTP_SILENCE_MS = 180_000;

@Module({})
class RootModule {}

/** Starts the modules in one Nest application with logger, problem filter, probes and metrics. */
export async function startApplication(options: ApplicationOptions): Promise<RunningApplication> {
  const logger = options.logger ?? createLogger({ app: options.app, level: options.logLevel });
  const { app, logLevel, processMetrics = true } = options;
  const platform = PlatformModule.register({ app, logLevel, logger, processMetrics });
  const root = { module: RootModule, imports: [platform, ...options.modules] };
  // abortOnError would end the process by itself, before main has said why.
  const nest = await NestFactory.create(root, { logger: new NestLog(logger), abortOnError: false, bodyParser: true });
  nest.useGlobalFilters(new ProblemFilter(logger));
  try {
    await nest.listen(options.http.port, options.http.host);
    // A STOW-RS request of some GiB may take longer than Node's five minutes; silence is what ends a connection.
    nest.getHttpServer().requestTimeout = 0;
    nest.getHttpServer().setTimeout(HTTP_SILENCE_MS);
  } catch (error) {
    await nest.close().catch(() => undefined);
    throw error;
  }
  const { port } = nest.getHttpServer().address() as { port: number };
  let closed: Promise<void> | undefined;
  return {
    nest,
    httpUrl: `http://${options.http.host.includes(':') ? `[${options.http.host}]` : options.http.host}:${port}`,
    close() {
      closed ??= (async () => {
        nest.get(Health).drain();
        await nest.close();
      })();
      return closed;
    },
  };
}

/** How a process ends. */
export interface ShutdownOptions {
  /** After this many ms a shutdown that does not finish is ended with exit code 1. Default 60 s. */
  readonly deadlineMs?: number;
}

/**
 * The `main` of an app: parse, start, end on SIGTERM or SIGINT. Configuration faults go to standard error with exit
 * code 2, a failed start and an uncaught error end with 1.
 */
export async function runMain(
  app: string,
  configure: (env: NodeJS.ProcessEnv) => ApplicationOptions,
  shutdown: ShutdownOptions = {},
): Promise<void> {
  let options: ApplicationOptions;
  try {
    options = configure(process.env);
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    process.stderr.write(`${app}: ${error.message}\n`);
    process.exit(2);
  }
  const logger = options.logger ?? createLogger({ app, level: options.logLevel });
  const fatal = (error: unknown) => {
    logger.fatal({ error, msgId: 'PLT-001' }, 'The process ends because of an error nobody handled');
    process.exit(1);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  const running = await startApplication({ ...options, logger }).catch(fatal);
  logger.info({ msgId: 'PLT-002', httpUrl: running.httpUrl }, 'Started');
  const end = (signal: string) => {
    logger.info({ msgId: 'PLT-003', signal }, 'Shutting down');
    const deadline = setTimeout(() => fatal(new Error('shutdown deadline')), shutdown.deadlineMs ?? 60_000);
    running.close().then(() => {
      clearTimeout(deadline);
      process.exit(0);
    }, fatal);
  };
  process.once('SIGTERM', () => end('SIGTERM'));
  process.once('SIGINT', () => end('SIGINT'));
}
