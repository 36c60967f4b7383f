import {
  chooseStore,
  type ConfigOf,
  HTTP_SECTION,
  LOG_SECTION,
  parseConfig,
  REDIS_SECTION,
  STORE_SECTION,
  type StoreChoice,
} from '@endplate/platform';

/** Every section the console reads. To show needs no Redis, the objects tell everything; to begin a delivery anew does. */
export const CONSOLE_SECTIONS = { store: STORE_SECTION, redis: REDIS_SECTION, log: LOG_SECTION, http: HTTP_SECTION };

/** The console's configuration. */
export interface ConsoleConfig extends Omit<ConfigOf<typeof CONSOLE_SECTIONS>, 'store'> {
  readonly store: StoreChoice;
}

/**
 * Reads the console's configuration.
 * @throws PLATFORM_CONFIG_INVALID
 */
export function parseConsoleConfig(env: Readonly<Record<string, string | undefined>>): ConsoleConfig {
  const config = parseConfig(CONSOLE_SECTIONS, env);
  return Object.freeze({ ...config, store: chooseStore(config.store) });
}
