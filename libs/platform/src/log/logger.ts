import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { isCodedError } from '../errors';

export { type Logger } from 'pino';

/** Who logs, from which level, and where to (standard output when not given). */
export interface LoggerOptions {
  readonly app: string;
  readonly level: string;
  readonly destination?: DestinationStream;
}

/** A structured logger: one JSON object per line, errors cut to what is safe. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { app: options.app },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: safeError, err: safeError },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

/**
 * What may be logged of an error: our own messages are written to be safe; of a foreign one only name, code and the
 * places of its stack, for its message may quote a value.
 */
export function safeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = (error as { code?: unknown }).code;
  const facts = { name: error.name, ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}) };
  const places = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8);
  const cause = error.cause instanceof Error ? { cause: safeError(error.cause) } : {};
  if (isCodedError(error)) return { ...facts, message: error.message, retryable: error.retryable, ...cause };
  return { ...facts, stack: places.map((line) => line.trim()), ...cause };
}

/** Nest's own messages through the same logger. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(text: unknown, context?: unknown): void {
    this.logger.debug({ context }, String(text));
  }

  error(text: unknown, ...rest: unknown[]): void {
    const context = rest[rest.length - 1];
    this.logger.error({ context: typeof context === 'string' ? context.slice(0, 100) : undefined }, nestText(text));
  }

  warn(text: unknown, context?: unknown): void {
    this.logger.warn({ context }, nestText(text));
  }

  debug(text: unknown, context?: unknown): void {
    this.logger.trace({ context }, String(text));
  }

  verbose(text: unknown, context?: unknown): void {
    this.logger.trace({ context }, String(text));
  }
}

function nestText(text: unknown): string {
  return text instanceof Error ? JSON.stringify(safeError(text)) : String(text).slice(0, 500);
}
