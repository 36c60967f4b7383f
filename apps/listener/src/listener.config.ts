import {
  choice,
  chooseStore,
  type ConfigOf,
  configFault,
  DESTINATIONS_SECTION,
  destinationsOf,
  hearsOfEveryVersion,
  durationMs,
  flag,
  HTTP_SECTION,
  integer,
  jsonFile,
  LOG_SECTION,
  optionalText,
  parseConfig,
  port,
  REDIS_SECTION,
  sizeBytes,
  STORE_SECTION,
  type StoreChoice,
  text,
} from '@endplate/platform';
import { aeConfigSchema, isLoopback } from './association/ae-directory';
import { volatileKind } from './receive/volatile-folder';

const GIB = 1024 ** 3;

/** Settings of the DICOM door. */
export const DICOM_SECTION = {
  host: text('ENDPLATE_DICOM_HOST', {
    about: 'Address the DICOM server binds; beyond loopback it needs an AE list or TLS.',
    form: 'host',
    default: '127.0.0.1',
  }),
  port: port('ENDPLATE_DICOM_PORT', { about: 'Port of the DICOM server.', default: 11112 }),
  aeTitle: text('ENDPLATE_AE_TITLE', {
    about: 'AE title that senders call.',
    form: 'AE title of 1 to 16 characters',
    pattern: /^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/,
    default: 'ENDPLATE',
  }),
  aeConfig: jsonFile('ENDPLATE_AE_CONFIG', aeConfigSchema, {
    about:
      'Who may send: [{aeTitle, addresses?, calledAETitles?, quietMs?, priority?, filter?, quota?, query?, fetch?, commitment?, identity?, services?}]; anyone when absent. Read again when it changes, and at SIGHUP.',
  }),
  tlsCert: optionalText('ENDPLATE_DICOM_TLS_CERT', { about: 'Certificate chain of the DICOM server.', form: 'path' }),
  tlsKey: optionalText('ENDPLATE_DICOM_TLS_KEY', { about: 'Its private key.', form: 'path' }),
  tlsCa: optionalText('ENDPLATE_DICOM_TLS_CA', {
    about: 'Certificates of those who may send; with it every sender must show a certificate.',
    form: 'path',
  }),
  maxAssociations: integer('ENDPLATE_MAX_ASSOCIATIONS', {
    about: 'Associations at one time; more are rejected transiently.',
    min: 1,
    max: 10_000,
    default: 64,
  }),
  reloadMs: durationMs('ENDPLATE_RELOAD_MS', {
    about: 'How often the AE list and the certificates are looked at for changes; 0: only at SIGHUP.',
    default: 5000,
  }),
  maxAssociationsPerAddress: integer('ENDPLATE_MAX_ASSOCIATIONS_PER_ADDRESS', {
    about: 'Associations at one time from one address; 0: as many as ENDPLATE_MAX_ASSOCIATIONS.',
    min: 0,
    max: 10_000,
    default: 0,
  }),
  maxPduBytes: sizeBytes('ENDPLATE_MAX_PDU_BYTES', {
    about: 'Longest PDU that senders are told to send.',
    min: 4096,
    max: 1024 ** 2,
    default: 256 * 1024,
  }),
  maxInstanceBytes: sizeBytes('ENDPLATE_MAX_INSTANCE_BYTES', {
    about: 'Largest instance that is taken.',
    min: 1024,
    default: 8 * GIB,
  }),
  artimMs: durationMs('ENDPLATE_ARTIM_MS', {
    about: 'Wait for an association request, and for a peer to close (PS3.8 9.1.5).',
    min: 100,
    default: 15_000,
  }),
  idleMs: durationMs('ENDPLATE_IDLE_MS', {
    about: 'Silence of a sender that ends its association.',
    min: 100,
    default: 60_000,
  }),
  acknowledge: choice('ENDPLATE_ACKNOWLEDGE', ['auto', 'spool', 'store'], {
    about:
      'When a sender is told success: `store`, after the object store has the instance durably; `spool`, after the disk of ENDPLATE_SPOOL_DIR has; `auto`, `spool` where that folder is named.',
    default: 'auto',
  }),
  spoolDir: optionalText('ENDPLATE_SPOOL_DIR', {
    about: 'Folder of the spool, of this process alone, on a disk that outlives process and container.',
    form: 'path',
  }),
  spoolMaxBytes: sizeBytes('ENDPLATE_SPOOL_MAX_BYTES', {
    about: 'Instances are refused (A700) while the spool holds this much.',
    min: 16 * 1024 ** 2,
    default: 8 * GIB,
  }),
  spoolRetainMs: durationMs('ENDPLATE_SPOOL_RETAIN_MS', {
    about:
      'How long an instance stays in the spool after an S3 store has confirmed it; then it is looked for once more, and stored again where it is gone. Less where the spool needs the room; 0: not at all.',
    max: 24 * 3600 * 1000,
    default: 60_000,
  }),
  spoolVolatile: flag('ENDPLATE_SPOOL_VOLATILE', {
    about:
      'Takes a spool folder on tmpfs or a Kubernetes emptyDir, which is refused otherwise: instances are lost with it.',
    default: false,
  }),
  drainMs: durationMs('ENDPLATE_DRAIN_MS', {
    about: 'At the end, running work gets this long before it is told to stop.',
    default: 30_000,
  }),
};

/** Watermarks over which senders are turned away. */
export const PRESSURE_SECTION = {
  queuedStudies: integer('ENDPLATE_PRESSURE_STUDIES', {
    about: 'New associations are rejected while so many studies wait for analysis; 0 for never.',
    min: 0,
    max: 100_000_000,
    default: 20_000,
  }),
  freeBytes: sizeBytes('ENDPLATE_PRESSURE_FREE_BYTES', {
    about:
      'New associations are rejected and instances answered A700 while less is free on the disk of the store or spool; 0 for never.',
    default: 128 * 1024 ** 2,
  }),
  memoryBytes: sizeBytes('ENDPLATE_PRESSURE_MEMORY_BYTES', {
    about:
      'The same while the process is larger than this; 0 takes 85 % of what its container may have, and none without a container.',
    default: 0,
  }),
  sampleMs: durationMs('ENDPLATE_PRESSURE_SAMPLE_MS', {
    about: 'How often queue, disk and memory are looked at.',
    min: 10,
    max: 60_000,
    default: 1000,
  }),
};

/** Settings of completeness and reconcile. */
export const STUDY_SECTION = {
  quietMs: durationMs('ENDPLATE_QUIET_MS', {
    about: 'Silence after the last instance that makes a study complete, where the AE list says nothing else.',
    max: 24 * 3600 * 1000,
    default: 60_000,
  }),
  evidenceWaitMs: durationMs('ENDPLATE_EVIDENCE_WAIT_MS', {
    about:
      'Longest that a study waits after its quiet period: for instances that somebody counted or named, and for a source that does not answer.',
    max: 24 * 3600 * 1000,
    default: 300_000,
  }),
  queryTimeoutMs: durationMs('ENDPLATE_QUERY_TIMEOUT_MS', {
    about: 'Longest wait for a connection and for each answer of a source that is asked what a study has (C-FIND).',
    min: 100,
    default: 10_000,
  }),
  fetchTimeoutMs: durationMs('ENDPLATE_FETCH_TIMEOUT_MS', {
    about: 'Longest that a source may take to send what is missing (C-MOVE); then it is cancelled.',
    min: 100,
    default: 600_000,
  }),
  reconcileMs: durationMs('ENDPLATE_RECONCILE_MS', {
    about: 'How often the queues are rebuilt from the objects; 0 for never.',
    default: 15 * 60_000,
  }),
};

/** Settings of the STOW-RS door. */
export const STOW_SECTION = {
  maxRequestBytes: sizeBytes('ENDPLATE_STOW_MAX_BYTES', { about: 'Largest STOW-RS request.', default: 8 * GIB }),
};

/** Every section the listener reads. */
export const LISTENER_SECTIONS = {
  store: STORE_SECTION,
  redis: REDIS_SECTION,
  log: LOG_SECTION,
  http: HTTP_SECTION,
  dicom: DICOM_SECTION,
  pressure: PRESSURE_SECTION,
  study: STUDY_SECTION,
  stow: STOW_SECTION,
  destinations: DESTINATIONS_SECTION,
};

/** The listener's configuration. */
export interface ListenerConfig extends Omit<ConfigOf<typeof LISTENER_SECTIONS>, 'store' | 'destinations'> {
  readonly store: StoreChoice;
  /** Names of the destinations, for reconcile. */
  readonly destinations: readonly string[];
  /** Names of those that also hear of a version that was not analysed. */
  readonly told: readonly string[];
}

/**
 * Reads the listener's configuration.
 * @throws PLATFORM_CONFIG_INVALID
 */
export function parseListenerConfig(env: Readonly<Record<string, string | undefined>>): ListenerConfig {
  const config = parseConfig(LISTENER_SECTIONS, env);
  const { host, aeConfig, tlsCert, tlsKey, tlsCa, acknowledge, spoolDir, spoolVolatile } = config.dicom;
  if (acknowledge === 'spool' && spoolDir === undefined) {
    throw configFault('ENDPLATE_SPOOL_DIR', 'is missing although ENDPLATE_ACKNOWLEDGE is spool');
  }
  const volatile = acknowledge === 'store' || spoolDir === undefined ? undefined : volatileKind(spoolDir);
  if (volatile !== undefined && !spoolVolatile) {
    throw configFault('ENDPLATE_SPOOL_DIR', `lies on ${volatile}, which ends with the machine or the pod: name a disk`);
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw configFault(tlsCert === undefined ? 'ENDPLATE_DICOM_TLS_CERT' : 'ENDPLATE_DICOM_TLS_KEY', 'is missing');
  }
  if (tlsCa !== undefined && tlsCert === undefined) {
    throw configFault('ENDPLATE_DICOM_TLS_CA', 'needs ENDPLATE_DICOM_TLS_CERT and ENDPLATE_DICOM_TLS_KEY');
  }
  // TLS keeps strangers out only when it asks for their certificate.
  if (!isLoopback(host) && !aeConfig && tlsCa === undefined) {
    throw configFault(
      'ENDPLATE_DICOM_HOST',
      'is not loopback: name who may send in ENDPLATE_AE_CONFIG, or ask for certificates with ENDPLATE_DICOM_TLS_CA',
    );
  }
  return Object.freeze({
    ...config,
    store: chooseStore(config.store),
    destinations: destinationsOf(config.destinations).map(({ name }) => name),
    told: destinationsOf(config.destinations)
      .filter(hearsOfEveryVersion)
      .map(({ name }) => name),
  });
}
