import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Health } from './health/health';
import { OperationsController } from './http/operations.controller';
import { createLogger, type Logger } from './log/logger';
import { Metrics } from './metrics/metrics';

/** Injection token of the process's logger. */
export const LOGGER = Symbol('endplate:logger');

/** What the platform needs to know of the process. */
export interface PlatformOptions {
  /** Name in the log, for example `listener`. */
  readonly app: string;
  readonly logLevel: string;
  /** A logger that exists already; made from the rest when absent. */
  readonly logger?: Logger;
  /** Default true; false in tests that start many in one process. */
  readonly processMetrics?: boolean;
}

/** Logger, metrics and health of one process, with `/livez`, `/readyz` and `/metrics`. Imported once per process. */
@Global()
@Module({})
export class PlatformModule {
  static register(options: PlatformOptions): DynamicModule {
    const logger = options.logger ?? createLogger({ app: options.app, level: options.logLevel });
    return {
      module: PlatformModule,
      controllers: [OperationsController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: Health, useFactory: () => new Health() },
        { provide: Metrics, useFactory: () => new Metrics({ processMetrics: options.processMetrics ?? true }) },
      ],
      exports: [LOGGER, Health, Metrics],
    };
  }
}
