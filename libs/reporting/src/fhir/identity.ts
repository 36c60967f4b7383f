import { createHash } from 'node:crypto';
import { type BundleEntryRequest, type Identifier } from 'fhir/r4';

/** System of identifiers that are UIDs. @standard FHIR R4 imagingstudy 11.15.4.1 */
const DICOM_UID = 'urn:dicom:uid';

/** A UID as identifier. */
export function uidIdentifier(uid: string): Identifier {
  return { system: DICOM_UID, value: `urn:oid:${uid}` };
}

/** Conditional update: the resource with this identifier is replaced, or made where there is none. */
export function updateByUid(resourceType: string, uid: string): BundleEntryRequest {
  const search = new URLSearchParams({ identifier: `${DICOM_UID}|urn:oid:${uid}` });
  return { method: 'PUT', url: `${resourceType}?${search.toString()}` };
}

/** Name of a resource inside the Bundle: a UUID of version 8 out of its UID. @standard RFC 9562 5.8 */
export function fullUrl(resourceType: string, uid: string): string {
  const bytes = createHash('sha256').update(`${resourceType}/${uid}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
