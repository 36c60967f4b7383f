import type { ExtendedNegotiation } from '../pdu/pdu';

/** What a Storage SCP says of itself. @standard PS3.4 B.3.1 */
export interface StorageConformance {
  /** 0 local, 1 base, 2 full: every element is stored, private ones too. */
  readonly levelOfSupport: 0 | 1 | 2;
  /** 0 unspecified, 1 signatures may be lost, 2 are checked and replaced, 3 are kept: nothing of an instance changes. */
  readonly levelOfDigitalSignature: 0 | 1 | 2 | 3;
  /** Whether the SCP may change elements. */
  readonly coercesElements: boolean;
}

const FIELD_BYTES = 6;

/**
 * Answers SOP class extended negotiation of storage SOP classes; what the requestor says of itself does not matter to
 * an SCP.
 * @returns undefined for any other SOP class
 * @standard PS3.4 Table B.3-2
 */
export function storageNegotiation(
  sopClassUIDs: readonly string[],
  { levelOfSupport, levelOfDigitalSignature, coercesElements }: StorageConformance,
): (asked: ExtendedNegotiation) => Buffer | undefined {
  const storage = new Set(sopClassUIDs);
  return ({ sopClassUID }) => {
    if (!storage.has(sopClassUID)) return undefined;
    // Bytes 1, 3 and 5; the others are reserved.
    const information = Buffer.alloc(FIELD_BYTES);
    information.writeUInt8(levelOfSupport, 0);
    information.writeUInt8(levelOfDigitalSignature, 2);
    information.writeUInt8(coercesElements ? 1 : 0, 4);
    return information;
  };
}
