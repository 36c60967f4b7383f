import {
  DELIVERED_OBJECTS,
  DESTINATIONS_SECTION,
  destinationsOf,
  type ConfigOf,
  choice,
  chooseStore,
  durationMs,
  hearsOfEveryVersion,
  HTTP_SECTION,
  integer,
  LOG_SECTION,
  optionalText,
  parseConfig,
  REDIS_SECTION,
  REPORT_PROFILES,
  STORE_SECTION,
  type StoreChoice,
  wantedObjects,
} from '@endplate/platform';
import { REPORT_LANGUAGES } from '@endplate/reporting';

/** Settings of the worker alone. */
export const ANALYSIS_SECTION = {
  modelBundle: optionalText('MODEL_BUNDLE', {
    about: 'Folder of the network; models/spine-seg of the installation when absent.',
    form: 'path',
  }),
  concurrency: integer('ENDPLATE_CONCURRENCY', {
    about: 'Studies analysed at once by one process.',
    min: 1,
    max: 16,
    default: 1,
  }),
  threads: integer('ENDPLATE_ONNX_THREADS', {
    about: 'Threads of the network; 0 takes every core.',
    min: 0,
    max: 128,
    default: 0,
  }),
  language: choice('ENDPLATE_REPORT_LANGUAGE', REPORT_LANGUAGES, {
    about: 'Language of what people read in reports, pictures and messages; codes stay as they are.',
    default: 'en',
  }),
  lockMs: durationMs('ENDPLATE_LOCK_MS', {
    about: 'A study whose worker is silent for this long is given to another.',
    min: 1000,
    default: 30_000,
  }),
  stalledMs: durationMs('ENDPLATE_STALLED_MS', {
    about: 'How often silent workers are looked for.',
    min: 500,
    default: 15_000,
  }),
  drainMs: durationMs('ENDPLATE_DRAIN_MS', {
    about: 'At the end, running work gets this long before it is told to stop.',
    default: 30_000,
  }),
};

/** Every section the worker reads. */
export const WORKER_SECTIONS = {
  store: STORE_SECTION,
  redis: REDIS_SECTION,
  log: LOG_SECTION,
  http: HTTP_SECTION,
  analysis: ANALYSIS_SECTION,
  destinations: DESTINATIONS_SECTION,
};

/** The worker's configuration. */
export interface WorkerConfig extends Omit<ConfigOf<typeof WORKER_SECTIONS>, 'store' | 'destinations'> {
  readonly store: StoreChoice;
  /** Names of the destinations, and the profiles that any of them may want. */
  readonly destinations: readonly string[];
  /** Names of those that also hear of a version that was not analysed. */
  readonly told: readonly string[];
  readonly profiles: readonly (typeof REPORT_PROFILES)[number][];
  /** Kinds of objects besides the structured report that any of them wants. */
  readonly kinds: readonly Exclude<(typeof DELIVERED_OBJECTS)[number], 'sr'>[];
}

/**
 * Reads the worker's configuration.
 * @throws PLATFORM_CONFIG_INVALID
 */
export function parseWorkerConfig(env: Readonly<Record<string, string | undefined>>): WorkerConfig {
  const config = parseConfig(WORKER_SECTIONS, env);
  const destinations = destinationsOf(config.destinations);
  const wants = destinations.map(wantedObjects);
  const wanted = new Set(wants.flatMap(({ profile }) => profile));
  const objects = new Set(wants.flatMap((one) => one.objects));
  return Object.freeze({
    ...config,
    store: chooseStore(config.store),
    destinations: destinations.map(({ name }) => name),
    told: destinations.filter(hearsOfEveryVersion).map(({ name }) => name),
    kinds: DELIVERED_OBJECTS.filter((kind): kind is Exclude<typeof kind, 'sr'> => kind !== 'sr' && objects.has(kind)),
    // Without a destination a report is made all the same: it can be seen, and sent later.
    profiles: wanted.size === 0 ? [REPORT_PROFILES[0]] : REPORT_PROFILES.filter((profile) => wanted.has(profile)),
  });
}
