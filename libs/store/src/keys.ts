import { StoreKeyError } from './errors';
import { type KeyPrefix, type ObjectKey, parseKeyPrefix, parseObjectKey } from './key/object-key';

/** Components of digits without a leading zero. */
const UID = /^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*$/;
const SHA256 = /^[0-9a-f]{64}$/;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/i;
const INSTANCE_KEY = /^studies\/([0-9.]+)\/instances\/([0-9.]+)\/([0-9.]+)\.dcm$/;

/** The three UIDs an instance lies under. */
export interface InstanceAddress {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** Where all studies lie. */
export const STUDIES_PREFIX: KeyPrefix = parseKeyPrefix('studies/');

/**
 * True when the text is a UID; the store checks by itself, for it imports no other room.
 * @standard PS3.5 9.1
 */
export function isStorableUid(text: string): boolean {
  return text.length <= 64 && UID.test(text);
}

/** `studies/<study>/` @throws STORE_KEY_INVALID */
export function studyPrefix(studyInstanceUID: string): KeyPrefix {
  return parseKeyPrefix(study(studyInstanceUID));
}

/** `studies/<study>/instances/` @throws STORE_KEY_INVALID */
export function instancesPrefix(studyInstanceUID: string): KeyPrefix {
  return parseKeyPrefix(`${study(studyInstanceUID)}instances/`);
}

/** `studies/<study>/instances/<series>/` @throws STORE_KEY_INVALID */
export function seriesPrefix(studyInstanceUID: string, seriesInstanceUID: string): KeyPrefix {
  return parseKeyPrefix(`${instancesPrefix(studyInstanceUID)}${uid(seriesInstanceUID, 'Series')}/`);
}

/** `studies/<study>/instances/<series>/<instance>.dcm`, the bytes as received. @throws STORE_KEY_INVALID */
export function instanceKey(address: InstanceAddress): ObjectKey {
  const folder = seriesPrefix(address.studyInstanceUID, address.seriesInstanceUID);
  return parseObjectKey(`${folder}${uid(address.sopInstanceUID, 'SOP')}.dcm`);
}

/** The UIDs of an instance key, or undefined when the key is another kind of object. */
export function parseInstanceKey(key: ObjectKey): InstanceAddress | undefined {
  const match = INSTANCE_KEY.exec(key);
  if (!match) return undefined;
  const [, studyInstanceUID = '', seriesInstanceUID = '', sopInstanceUID = ''] = match;
  return { studyInstanceUID, seriesInstanceUID, sopInstanceUID };
}

/** `studies/<study>/conflicts/` @throws STORE_KEY_INVALID */
export function conflictsPrefix(studyInstanceUID: string): KeyPrefix {
  return parseKeyPrefix(`${study(studyInstanceUID)}conflicts/`);
}

/** `studies/<study>/conflicts/<instance>/<sha256>.dcm`: same UID, other bytes. @throws STORE_KEY_INVALID */
export function conflictKey(studyInstanceUID: string, sopInstanceUID: string, sha256: string): ObjectKey {
  if (!SHA256.test(sha256)) throw new StoreKeyError('SHA-256 is not 64 lower-case hexadecimal digits');
  return parseObjectKey(`${conflictsPrefix(studyInstanceUID)}${uid(sopInstanceUID, 'SOP')}/${sha256}.dcm`);
}

/** `studies/<study>/events/` @throws STORE_KEY_INVALID */
export function eventsPrefix(studyInstanceUID: string): KeyPrefix {
  return parseKeyPrefix(`${study(studyInstanceUID)}events/`);
}

/** `studies/<study>/events/<ulid>.json`, one entry of the timeline. @throws STORE_KEY_INVALID */
export function eventKey(studyInstanceUID: string, ulid: string): ObjectKey {
  if (!ULID.test(ulid)) throw new StoreKeyError('Event id is not a ULID');
  return parseObjectKey(`${eventsPrefix(studyInstanceUID)}${ulid}.json`);
}

/** `studies/<study>/versions/` @throws STORE_KEY_INVALID */
export function versionsPrefix(studyInstanceUID: string): KeyPrefix {
  return parseKeyPrefix(`${study(studyInstanceUID)}versions/`);
}

/** `studies/<study>/versions/<n>/` @throws STORE_KEY_INVALID */
export function versionPrefix(studyInstanceUID: string, version: number): KeyPrefix {
  if (!Number.isSafeInteger(version) || version < 1) throw new StoreKeyError('Version is not a whole number from 1');
  return parseKeyPrefix(`${versionsPrefix(studyInstanceUID)}${version}/`);
}

/** `…/versions/<n>/manifest.json`: instances and evidence of completeness. @throws STORE_KEY_INVALID */
export function manifestKey(studyInstanceUID: string, version: number): ObjectKey {
  return parseObjectKey(`${versionPrefix(studyInstanceUID, version)}manifest.json`);
}

/** `…/versions/<n>/findings.json`. @throws STORE_KEY_INVALID */
export function findingsKey(studyInstanceUID: string, version: number): ObjectKey {
  return parseObjectKey(`${versionPrefix(studyInstanceUID, version)}findings.json`);
}

/** `…/versions/<n>/key-slices.json`: what the pictures are drawn from. @throws STORE_KEY_INVALID */
export function keySlicesKey(studyInstanceUID: string, version: number): ObjectKey {
  return parseObjectKey(`${versionPrefix(studyInstanceUID, version)}key-slices.json`);
}

/** `…/versions/<n>/masks/<name>`. @throws STORE_KEY_INVALID */
export function maskKey(studyInstanceUID: string, version: number, name: string): ObjectKey {
  return parseObjectKey(`${versionPrefix(studyInstanceUID, version)}masks/${plain(name, 'Mask name')}`);
}

/** `…/versions/<n>/key-images/`. @throws STORE_KEY_INVALID */
export function keyImagesPrefix(studyInstanceUID: string, version: number): KeyPrefix {
  return parseKeyPrefix(`${versionPrefix(studyInstanceUID, version)}key-images/`);
}

/** `…/versions/<n>/key-images/<name>`. @throws STORE_KEY_INVALID */
export function keyImageKey(studyInstanceUID: string, version: number, name: string): ObjectKey {
  return parseObjectKey(`${keyImagesPrefix(studyInstanceUID, version)}${plain(name, 'Key image name')}`);
}

/** `…/versions/<n>/reports/`. @throws STORE_KEY_INVALID */
export function reportsPrefix(studyInstanceUID: string, version: number): KeyPrefix {
  return parseKeyPrefix(`${versionPrefix(studyInstanceUID, version)}reports/`);
}

/** `…/versions/<n>/reports/<kind>.dcm`. @throws STORE_KEY_INVALID */
export function reportKey(studyInstanceUID: string, version: number, kind: string): ObjectKey {
  return parseObjectKey(`${reportsPrefix(studyInstanceUID, version)}${plain(kind, 'Report kind')}.dcm`);
}

/** `…/versions/<n>/reports/<name>`: a report that is no DICOM object, `report.fhir.json`. @throws STORE_KEY_INVALID */
export function messageKey(studyInstanceUID: string, version: number, name: string): ObjectKey {
  return parseObjectKey(`${reportsPrefix(studyInstanceUID, version)}${plain(name, 'Message name')}`);
}

/** `…/versions/<n>/quarantine/`. @throws STORE_KEY_INVALID */
export function quarantinePrefix(studyInstanceUID: string, version: number): KeyPrefix {
  return parseKeyPrefix(`${versionPrefix(studyInstanceUID, version)}quarantine/`);
}

/** `…/versions/<n>/quarantine/<name>`: an object that failed validation, or why it did. @throws STORE_KEY_INVALID */
export function quarantineKey(studyInstanceUID: string, version: number, name: string): ObjectKey {
  return parseObjectKey(`${quarantinePrefix(studyInstanceUID, version)}${plain(name, 'Quarantine name')}`);
}

/** `studies/<study>/corrections/<sha256>.json`: findings as a reader corrected them. @throws STORE_KEY_INVALID */
export function correctionKey(studyInstanceUID: string, sha256: string): ObjectKey {
  if (!SHA256.test(sha256)) throw new StoreKeyError('SHA-256 is not 64 lower-case hexadecimal digits');
  return parseObjectKey(`${study(studyInstanceUID)}corrections/${sha256}.json`);
}

/** Where evidence of studies lies. Not below `studies/`: what is said of a study that never comes makes no study. */
export const EVIDENCE_PREFIX: KeyPrefix = parseKeyPrefix('evidence/');

/** `evidence/<study>/` @throws STORE_KEY_INVALID */
export function evidencePrefix(studyInstanceUID: string): KeyPrefix {
  return parseKeyPrefix(`${EVIDENCE_PREFIX}${uid(studyInstanceUID, 'Study')}/`);
}

/** `evidence/<study>/<kind>-<sha256>.json`: what was said of the instances of a study. @throws STORE_KEY_INVALID */
export function evidenceKey(studyInstanceUID: string, kind: string, sha256: string): ObjectKey {
  if (!SHA256.test(sha256)) throw new StoreKeyError('SHA-256 is not 64 lower-case hexadecimal digits');
  return parseObjectKey(`${evidencePrefix(studyInstanceUID)}${plain(kind, 'Kind of evidence')}-${sha256}.json`);
}

/** `commitments/<transaction UID>.json`: a storage commitment that was asked for. @throws STORE_KEY_INVALID */
export function commitmentKey(transactionUID: string): ObjectKey {
  return parseObjectKey(`commitments/${plain(transactionUID, 'Transaction UID')}.json`);
}

/** Where storage commitments lie that others ask of us. */
export const COMMITMENT_REQUESTS_PREFIX: KeyPrefix = parseKeyPrefix('commitment-requests/');

/** `commitment-requests/<transaction UID>.json`: a storage commitment that is asked of us. @throws STORE_KEY_INVALID */
export function commitmentRequestKey(transactionUID: string): ObjectKey {
  return parseObjectKey(`${COMMITMENT_REQUESTS_PREFIX}${uid(transactionUID, 'Transaction')}.json`);
}

/** Where performed procedure steps lie that modalities tell us of. */
export const PERFORMED_STEPS_PREFIX: KeyPrefix = parseKeyPrefix('performed-steps/');

/** `performed-steps/<step UID>/step.json`: a step as it was last told. @throws STORE_KEY_INVALID */
export function performedStepKey(stepUID: string): ObjectKey {
  return parseObjectKey(`${PERFORMED_STEPS_PREFIX}${uid(stepUID, 'Performed step')}/step.json`);
}

/** `performed-steps/<step UID>/over.json`: how it ended, written once. @throws STORE_KEY_INVALID */
export function performedStepEndKey(stepUID: string): ObjectKey {
  return parseObjectKey(`${PERFORMED_STEPS_PREFIX}${uid(stepUID, 'Performed step')}/over.json`);
}

/** `…/versions/<n>/deliveries/`. @throws STORE_KEY_INVALID */
export function deliveriesPrefix(studyInstanceUID: string, version: number): KeyPrefix {
  return parseKeyPrefix(`${versionPrefix(studyInstanceUID, version)}deliveries/`);
}

/** `…/versions/<n>/deliveries/<destination>.json`: the rung reached. @throws STORE_KEY_INVALID */
export function deliveryKey(studyInstanceUID: string, version: number, destination: string): ObjectKey {
  return parseObjectKey(`${deliveriesPrefix(studyInstanceUID, version)}${plain(destination, 'Destination')}.json`);
}

function study(studyInstanceUID: string): string {
  return `${STUDIES_PREFIX}${uid(studyInstanceUID, 'Study')}/`;
}

function uid(text: string, which: string): string {
  if (!isStorableUid(text)) throw new StoreKeyError(`${which} Instance UID breaks PS3.5 9.1`);
  return text;
}

function plain(text: string, what: string): string {
  if (!NAME.test(text)) throw new StoreKeyError(`${what} is not 1 to 100 letters, digits, dots, dashes, underscores`);
  return text;
}
