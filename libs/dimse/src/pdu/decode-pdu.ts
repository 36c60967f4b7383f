import { PduInvalid } from '../errors';
import { ItemCursor, type Item } from './item-cursor';
import {
  AbortReason,
  PduType,
  type AnsweredContext,
  type AssociateAc,
  type AssociateRq,
  type ControlPdu,
  type ProposedContext,
  type UserInformation,
} from './pdu';
import { decodeUserInformation } from './user-information';

/** Presentation contexts an association can have: odd identifiers 1 to 255. */
export const MAX_CONTEXTS = 128;
/** Transfer syntaxes that are read of one presentation context. */
export const MAX_TRANSFER_SYNTAXES = 128;

const ItemType = {
  ApplicationContext: 0x10,
  ProposedContext: 0x20,
  AnsweredContext: 0x21,
  AbstractSyntax: 0x30,
  TransferSyntax: 0x40,
  UserInformation: 0x50,
} as const;

/**
 * Reads the body of any PDU but P-DATA-TF.
 * @param type - First byte of the PDU.
 * @param body - Bytes 7 to the end; views of it live on in the result.
 * @throws DIMSE_PDU_INVALID
 * @standard PS3.8 9.3
 */
export function decodePdu(type: number, body: Buffer): ControlPdu {
  switch (type) {
    case PduType.AssociateRq:
      return decodeAssociateRq(body);
    case PduType.AssociateAc:
      return decodeAssociateAc(body);
    case PduType.AssociateRj:
      // Byte 7 reserved, 8 result, 9 source, 10 reason.
      return { kind: 'associate-rj', ...threeBytes(body, 'result', 'source', 'reason') };
    case PduType.ReleaseRq:
      return { kind: 'release-rq' };
    case PduType.ReleaseRp:
      return { kind: 'release-rp' };
    case PduType.Abort: {
      // Bytes 7-8 reserved, 9 source, 10 reason.
      const { source, reason } = threeBytes(body, 'reserved', 'source', 'reason');
      return { kind: 'abort', source, reason };
    }
    default:
      throw new PduInvalid(`PDU type 0x${type.toString(16)} is not defined`, AbortReason.UnrecognisedPdu, { type });
  }
}

function threeBytes<A extends string, B extends string, C extends string>(
  body: Buffer,
  a: A,
  b: B,
  c: C,
): Record<A | B | C, number> {
  const cursor = new ItemCursor(body, 'PDU');
  cursor.take(1);
  return { [a]: cursor.uint8(), [b]: cursor.uint8(), [c]: cursor.uint8() } as Record<A | B | C, number>;
}

function decodeAssociateRq(body: Buffer): AssociateRq {
  const { fields, items } = decodeAssociate(body, 'A-ASSOCIATE-RQ');
  const presentationContexts = items.filter((i) => i.type === ItemType.ProposedContext).map(readProposedContext);
  checkContextIds(presentationContexts);
  return { kind: 'associate-rq', ...fields, presentationContexts };
}

function decodeAssociateAc(body: Buffer): AssociateAc {
  const { fields, items } = decodeAssociate(body, 'A-ASSOCIATE-AC');
  const presentationContexts = items.filter((i) => i.type === ItemType.AnsweredContext).map(readAnsweredContext);
  checkContextIds(presentationContexts);
  return { kind: 'associate-ac', ...fields, presentationContexts };
}

function decodeAssociate(body: Buffer, where: string) {
  const cursor = new ItemCursor(body, where);
  // Bytes 7-8 protocol version, 9-10 reserved, 11-26 called, 27-42 calling AE title, 43-74 reserved, 75- items.
  const protocolVersion = cursor.uint16();
  cursor.take(2);
  const calledAETitle = cursor.text(16);
  const callingAETitle = cursor.text(16);
  cursor.take(32);
  const items = cursor.items(MAX_CONTEXTS + 8);
  const application = items.find((i) => i.type === ItemType.ApplicationContext)?.value ?? Buffer.alloc(0);
  const applicationContextName = new ItemCursor(application, where).text(application.length);
  const userInformation = readUserInformation(items, where);
  return { fields: { protocolVersion, calledAETitle, callingAETitle, applicationContextName, userInformation }, items };
}

function readUserInformation(items: readonly Item[], where: string): UserInformation {
  const found = items.find((i) => i.type === ItemType.UserInformation);
  if (!found) throw new PduInvalid(`${where}: no user information item`, AbortReason.InvalidPduParameterValue);
  return decodeUserInformation(found.value);
}

function readProposedContext({ value }: Item): ProposedContext {
  const cursor = new ItemCursor(value, 'presentation context');
  // Byte 5 identifier, 6-8 reserved, 9- abstract syntax and transfer syntaxes.
  const id = cursor.uint8();
  cursor.take(3);
  let abstractSyntax: string | undefined;
  const transferSyntaxes: string[] = [];
  for (const sub of cursor.items(MAX_TRANSFER_SYNTAXES + 1)) {
    const uid = new ItemCursor(sub.value, 'presentation context').text(sub.value.length);
    if (sub.type === ItemType.AbstractSyntax) abstractSyntax ??= uid;
    else if (sub.type === ItemType.TransferSyntax) transferSyntaxes.push(uid);
  }
  if (abstractSyntax === undefined || transferSyntaxes.length === 0) {
    throw new PduInvalid(`presentation context ${id}: no syntax`, AbortReason.InvalidPduParameterValue, { id });
  }
  return { id, abstractSyntax, transferSyntaxes };
}

function readAnsweredContext({ value }: Item): AnsweredContext {
  const cursor = new ItemCursor(value, 'presentation context');
  // Byte 5 identifier, 6 reserved, 7 result, 8 reserved, 9- one transfer syntax (not significant on rejection).
  const id = cursor.uint8();
  cursor.take(1);
  const result = cursor.uint8();
  cursor.take(1);
  const syntax = cursor.items(MAX_TRANSFER_SYNTAXES).find((i) => i.type === ItemType.TransferSyntax)?.value;
  const transferSyntax = syntax ? new ItemCursor(syntax, 'presentation context').text(syntax.length) : '';
  return { id, result, transferSyntax };
}

function checkContextIds(contexts: readonly { readonly id: number }[]): void {
  const seen = new Set<number>();
  for (const { id } of contexts) {
    if (id % 2 === 0 || seen.has(id)) {
      throw new PduInvalid(`presentation context ${id}: identifier even or used twice`, AbortReason.InvalidPduParameterValue, { id }); // prettier-ignore
    }
    seen.add(id);
  }
}
