export * from './errors';
export {
  choice,
  durationMs,
  flag,
  integer,
  type JsonFile,
  jsonFile,
  optionalText,
  port,
  readJsonFile,
  secret,
  type Setting,
  sizeBytes,
  text,
  url,
} from './config/setting';
export {
  configFault,
  type ConfigOf,
  describeSettings,
  parseConfig,
  type Section,
  type SectionValues,
} from './config/config';
export {
  chooseStore,
  HTTP_SECTION,
  LOG_SECTION,
  REDIS_SECTION,
  STORE_SECTION,
  type StoreChoice,
} from './config/sections';
export {
  DELIVERED_OBJECTS,
  type HttpAuth,
  REPORT_PROFILES,
  type SecretSource,
  type TlsClient,
} from './config/destination/parts';
export {
  type Destination,
  type DestinationOf,
  destinationSchema,
  DESTINATIONS_SECTION,
  destinationsOf,
  destinationsSchema,
  dimseDestinationSchema,
  fhirDestinationSchema,
  hearsOfEveryVersion,
  hl7DestinationSchema,
  stowDestinationSchema,
  wantedObjects,
  type WantedObjects,
  webhookDestinationSchema,
} from './config/destinations';
export { KNOWN_SETTINGS } from './config/known-settings';
export {
  bindCatalogue,
  type Catalogue,
  type CatalogueLog,
  type LogField,
  type LogLevel,
  type LogMessage,
  type LogSink,
  message,
} from './log/catalogue';
export { createLogger, type Logger, type LoggerOptions, NestLog } from './log/logger';
export { type MetricOptions, Metrics } from './metrics/metrics';
export { Health, type HealthCheck, type HealthReport } from './health/health';
export { type Problem, toProblem } from './http/problem';
export { ProblemFilter } from './http/problem.filter';
export { LOGGER, PlatformModule, type PlatformOptions } from './platform.module';
export {
  type ApplicationOptions,
  type RunningApplication,
  runMain,
  type ShutdownOptions,
  startApplication,
} from './shutdown/run-application';
export { loadFonts } from './installation/fonts';
export { softwareIdentity } from './installation/software';
export { modelFolder, SHIPPED_MODEL } from './installation/model-folder';
export { startThreads, type ThreadPool, type ThreadPoolOptions } from './threads/thread-pool';
export { type ThreadModule } from './threads/thread-message';
