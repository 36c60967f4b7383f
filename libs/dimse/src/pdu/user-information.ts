import { PduInvalid } from '../errors';
import { ItemCursor, type Item } from './item-cursor';
import {
  AbortReason,
  type ExtendedNegotiation,
  type RoleSelection,
  type UserIdentity,
  type UserInformation,
} from './pdu';

/**
 * Types of the sub-items of User Information.
 * @standard PS3.8 D.1
 * @standard PS3.7 D.3.3
 */
export const SubItemType = {
  MaximumLength: 0x51,
  ImplementationClassUID: 0x52,
  AsynchronousOperations: 0x53,
  RoleSelection: 0x54,
  ImplementationVersionName: 0x55,
  ExtendedNegotiation: 0x56,
  /** Says of which service a SOP class is. We take the SOP classes that we know: it is passed over, and never answered. */
  CommonExtendedNegotiation: 0x57,
  UserIdentityRq: 0x58,
  UserIdentityAc: 0x59,
} as const;

/** Sub-items of one User Information item that are read at most; a sender needs two per SOP class. */
export const MAX_USER_SUB_ITEMS = 512;

type Draft = { -readonly [K in keyof UserInformation]: UserInformation[K] } & {
  roleSelections: RoleSelection[];
  extendedNegotiations: ExtendedNegotiation[];
};

/**
 * Reads the value of a User Information item; sub-items of unknown type are skipped.
 * @throws DIMSE_PDU_INVALID where a sub-item is shorter than its fields
 * @standard PS3.8 9.3.2.3
 */
export function decodeUserInformation(value: Buffer): UserInformation {
  const draft: Draft = { maximumLength: 0, implementationClassUID: '', roleSelections: [], extendedNegotiations: [] };
  for (const item of new ItemCursor(value, 'user information').items(MAX_USER_SUB_ITEMS)) readSubItem(draft, item);
  return draft;
}

function readSubItem(draft: Draft, { type, value }: Item): void {
  const cursor = new ItemCursor(value, `user information sub-item 0x${type.toString(16)}`);
  switch (type) {
    case SubItemType.MaximumLength:
      draft.maximumLength = cursor.uint32();
      return;
    case SubItemType.ImplementationClassUID:
      draft.implementationClassUID = cursor.text(value.length);
      return;
    case SubItemType.ImplementationVersionName:
      draft.implementationVersionName = cursor.text(Math.min(value.length, 16));
      return;
    case SubItemType.AsynchronousOperations:
      draft.asynchronousOperations = { invoked: cursor.uint16(), performed: cursor.uint16() };
      return;
    case SubItemType.RoleSelection:
      draft.roleSelections.push(readRoleSelection(cursor));
      return;
    case SubItemType.ExtendedNegotiation:
      draft.extendedNegotiations.push({
        sopClassUID: cursor.text(cursor.uint16()),
        applicationInformation: cursor.take(cursor.remaining),
      });
      return;
    case SubItemType.UserIdentityRq:
      draft.userIdentity = readUserIdentity(cursor);
      return;
    case SubItemType.UserIdentityAc:
      draft.userIdentityResponse = cursor.take(cursor.uint16());
      return;
    default:
      return;
  }
}

function readRoleSelection(cursor: ItemCursor): RoleSelection {
  const sopClassUID = cursor.text(cursor.uint16());
  return { sopClassUID, scu: cursor.uint8() === 1, scp: cursor.uint8() === 1 };
}

function readUserIdentity(cursor: ItemCursor): UserIdentity {
  const type = cursor.uint8();
  if (type < 1 || type > 5) {
    throw new PduInvalid(`user identity: type ${type} is not defined`, AbortReason.InvalidPduParameterValue, { type });
  }
  return {
    type,
    positiveResponseRequested: cursor.uint8() === 1,
    primaryField: cursor.take(cursor.uint16()),
    secondaryField: cursor.take(cursor.uint16()),
  };
}

/** The bytes of a User Information item, header included. @standard PS3.8 9.3.2.3 */
export function encodeUserInformation(user: UserInformation): Buffer {
  const parts = [
    item(SubItemType.MaximumLength, uint32(user.maximumLength)),
    item(SubItemType.ImplementationClassUID, ascii(user.implementationClassUID)),
  ];
  const window = user.asynchronousOperations;
  if (window) {
    parts.push(item(SubItemType.AsynchronousOperations, uint16(window.invoked), uint16(window.performed)));
  }
  for (const role of user.roleSelections) {
    parts.push(item(SubItemType.RoleSelection, sized(ascii(role.sopClassUID)), flag(role.scu), flag(role.scp)));
  }
  if (user.implementationVersionName !== undefined) {
    parts.push(item(SubItemType.ImplementationVersionName, ascii(user.implementationVersionName.slice(0, 16))));
  }
  for (const extended of user.extendedNegotiations) {
    parts.push(
      item(SubItemType.ExtendedNegotiation, sized(ascii(extended.sopClassUID)), extended.applicationInformation),
    );
  }
  if (user.userIdentity) parts.push(encodeUserIdentity(user.userIdentity));
  if (user.userIdentityResponse) parts.push(item(SubItemType.UserIdentityAc, sized(user.userIdentityResponse)));
  return item(0x50, ...parts);
}

function encodeUserIdentity(identity: UserIdentity): Buffer {
  return item(
    SubItemType.UserIdentityRq,
    Buffer.from([identity.type, identity.positiveResponseRequested ? 1 : 0]),
    sized(identity.primaryField),
    sized(identity.secondaryField),
  );
}

/** An item: type, reserved byte, 16-bit length, value parts. @throws DIMSE_PDU_INVALID where the value is over 65535 bytes */
export function item(type: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  if (value.length > 0xffff) {
    throw new PduInvalid(`item 0x${type.toString(16)}: value of ${value.length} bytes`, AbortReason.NotSpecified);
  }
  return Buffer.concat([Buffer.from([type, 0]), uint16(value.length), value]);
}

/** A text as one byte per character. */
export function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function sized(value: Buffer): Buffer {
  return Buffer.concat([uint16(value.length), value]);
}

function flag(on: boolean): Buffer {
  return Buffer.from([on ? 1 : 0]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
