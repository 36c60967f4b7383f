/** Levels a message can have. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Values a field of a message can have: facts, never objects that could hide a dataset. */
export type LogField = string | number | boolean | undefined | readonly string[] | Error;

/** One message: its stable id, level, text and the type of its fields. */
export interface LogMessage<F> {
  readonly id: string;
  readonly level: LogLevel;
  readonly text: string;
  /** Only carries the type. */
  readonly fields?: F;
}

/** All messages of an app, each declared once. */
export type Catalogue = Readonly<Record<string, LogMessage<unknown>>>;

/** The functions to log a catalogue's messages with: `log.instanceStored({ ... })`. */
export type CatalogueLog<C> = {
  readonly [K in keyof C]: C[K] extends LogMessage<infer F> ? (fields: F) => void : never;
};

/** What a catalogue needs of a logger; pino has it. */
export interface LogSink {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Declares one message. The fields are chosen by name; patient data has no place among them. */
export function message<F extends Readonly<Record<string, LogField>> = Record<never, never>>(
  id: string,
  level: LogLevel,
  text: string,
): LogMessage<F> {
  return { id, level, text };
}

/** Joins a catalogue and a logger. Each line carries the message's id as `msgId`. */
export function bindCatalogue<C extends Readonly<Record<string, LogMessage<unknown>>>>(
  sink: LogSink,
  catalogue: C,
): CatalogueLog<C> {
  const bound = Object.entries(catalogue).map(([name, { id, level, text }]) => [
    name,
    (fields: object) => sink[level]({ ...fields, msgId: id }, text),
  ]);
  return Object.fromEntries(bound) as CatalogueLog<C>;
}
