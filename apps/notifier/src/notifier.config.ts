import {
  type ConfigOf,
  chooseStore,
  configFault,
  type Destination,
  DESTINATIONS_SECTION,
  destinationsOf,
  durationMs,
  HTTP_SECTION,
  integer,
  LOG_SECTION,
  parseConfig,
  REDIS_SECTION,
  STORE_SECTION,
  type StoreChoice,
  text,
} from '@endplate/platform';

/** Settings of the notifier alone. */
export const DELIVERY_SECTION = {
  aeTitle: text('ENDPLATE_AE_TITLE', {
    about: 'AE title that we call ourselves, and are called.',
    form: 'an AE title: 1 to 16 printable characters without backslash',
    pattern: /^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/,
    default: 'ENDPLATE',
  }),
  commitmentHost: text('ENDPLATE_COMMITMENT_HOST', {
    about: 'Address on which results of storage commitment are heard.',
    form: 'a host name or address',
    pattern: /^[^\s/]{1,253}$/,
    default: '127.0.0.1',
  }),
  commitmentPort: integer('ENDPLATE_COMMITMENT_PORT', {
    about: 'Port on which results of storage commitment are heard; 0 hears none that come on another association.',
    min: 0,
    max: 65_535,
    default: 0,
  }),
  retrieveAETitle: text('ENDPLATE_RETRIEVE_AE_TITLE', {
    about: 'AE title to which destinations move objects back for the byte check.',
    form: 'an AE title: 1 to 16 printable characters without backslash',
    pattern: /^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/,
    default: 'ENDPLATE_BACK',
  }),
  retrieveHost: text('ENDPLATE_RETRIEVE_HOST', {
    about: 'Address on which objects that are moved back arrive.',
    form: 'a host name or address',
    pattern: /^[^\s/]{1,253}$/,
    default: '127.0.0.1',
  }),
  retrievePort: integer('ENDPLATE_RETRIEVE_PORT', {
    about: 'Port on which objects that are moved back arrive; needed by `byteCheck: "c-move"`, 0 listens nowhere.',
    min: 0,
    max: 65_535,
    default: 0,
  }),
  lockMs: durationMs('ENDPLATE_LOCK_MS', {
    about: 'A job whose process is silent for this long is given to another.',
    min: 1000,
    default: 30_000,
  }),
  stalledMs: durationMs('ENDPLATE_STALLED_MS', {
    about: 'How often silent processes are looked for.',
    min: 500,
    default: 15_000,
  }),
  drainMs: durationMs('ENDPLATE_DRAIN_MS', {
    about: 'At the end, running work gets this long before it is told to stop.',
    default: 30_000,
  }),
};

/** Every section the notifier reads. */
export const NOTIFIER_SECTIONS = {
  store: STORE_SECTION,
  redis: REDIS_SECTION,
  log: LOG_SECTION,
  http: HTTP_SECTION,
  delivery: DELIVERY_SECTION,
  destinations: DESTINATIONS_SECTION,
};

/** The notifier's configuration. */
export interface NotifierConfig extends Omit<ConfigOf<typeof NOTIFIER_SECTIONS>, 'store' | 'destinations'> {
  readonly store: StoreChoice;
  readonly destinations: readonly Destination[];
}

/**
 * Reads the notifier's configuration.
 * @throws PLATFORM_CONFIG_INVALID
 */
export function parseNotifierConfig(env: Readonly<Record<string, string | undefined>>): NotifierConfig {
  const config = parseConfig(NOTIFIER_SECTIONS, env);
  const destinations = destinationsOf(config.destinations);
  const moving = destinations.find((one) => one.kind === 'dimse' && one.byteCheck === 'c-move');
  if (moving && config.delivery.retrievePort === 0)
    throw configFault('ENDPLATE_RETRIEVE_PORT', `byteCheck c-move of destination ${moving.name} needs a port`);
  return Object.freeze({ ...config, store: chooseStore(config.store), destinations });
}
