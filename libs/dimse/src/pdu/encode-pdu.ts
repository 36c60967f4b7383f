import { AbortReason, PduType, type AssociateAc, type AssociateRq, type ControlPdu } from './pdu';
import { PduInvalid } from '../errors';
import { ascii, encodeUserInformation, item } from './user-information';

/**
 * The bytes of any PDU but P-DATA-TF.
 * @throws DIMSE_PDU_INVALID where a value does not fit its field
 * @standard PS3.8 9.3
 */
export function encodePdu(pdu: ControlPdu): Buffer {
  switch (pdu.kind) {
    case 'associate-rq':
      return framed(PduType.AssociateRq, associateFields(pdu), ...proposedContexts(pdu), encodeUserInformation(pdu.userInformation)); // prettier-ignore
    case 'associate-ac':
      return framed(PduType.AssociateAc, associateFields(pdu), ...answeredContexts(pdu), encodeUserInformation(pdu.userInformation)); // prettier-ignore
    case 'associate-rj':
      return framed(PduType.AssociateRj, Buffer.from([0, pdu.result, pdu.source, pdu.reason]));
    case 'release-rq':
      return framed(PduType.ReleaseRq, Buffer.alloc(4));
    case 'release-rp':
      return framed(PduType.ReleaseRp, Buffer.alloc(4));
    case 'abort':
      return framed(PduType.Abort, Buffer.from([0, 0, pdu.source, pdu.reason]));
  }
}

/** Byte 1 type, 2 reserved, 3-6 length, 7- the parts. */
function framed(type: number, ...parts: Buffer[]): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 0),
    2,
  );
  return Buffer.concat([header, ...parts]);
}

function associateFields(pdu: AssociateRq | AssociateAc): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(pdu.protocolVersion, 0);
  fixed.set(paddedAETitle(pdu.calledAETitle), 4);
  fixed.set(paddedAETitle(pdu.callingAETitle), 20);
  return Buffer.concat([fixed, item(0x10, ascii(pdu.applicationContextName))]);
}

function paddedAETitle(title: string): Buffer {
  if (title.length > 16) {
    throw new PduInvalid(`AE title of ${title.length} characters`, AbortReason.NotSpecified);
  }
  return ascii(title.padEnd(16, ' '));
}

function proposedContexts(pdu: AssociateRq): Buffer[] {
  return pdu.presentationContexts.map((context) =>
    item(
      0x20,
      Buffer.from([context.id, 0, 0, 0]),
      item(0x30, ascii(context.abstractSyntax)),
      ...context.transferSyntaxes.map((uid) => item(0x40, ascii(uid))),
    ),
  );
}

function answeredContexts(pdu: AssociateAc): Buffer[] {
  return pdu.presentationContexts.map((context) =>
    item(0x21, Buffer.from([context.id, 0, context.result, 0]), item(0x40, ascii(context.transferSyntax))),
  );
}
