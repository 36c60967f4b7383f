import { isUid } from '@endplate/dicom';
import type { AcceptedContext } from '../association/negotiate';
import { CommandField, type CommandSet } from '../message/command-set';
import { errorCommentOf, Status, type DimseStatus } from '../message/status';
import type { Command } from './message-sender';
import type { StoreRequest } from './store-handler';
import type { AssociationInfo } from './association-info';

/** The response to a request: its identifiers echoed, the status and what explains it. @standard PS3.7 9.3 */
export function responseTo(request: CommandSet, status: DimseStatus): Command {
  const { AffectedSOPClassUID, AffectedSOPInstanceUID, RequestedSOPClassUID, RequestedSOPInstanceUID } = request;
  const sopClassUID = AffectedSOPClassUID ?? RequestedSOPClassUID;
  const sopInstanceUID = AffectedSOPInstanceUID ?? RequestedSOPInstanceUID;
  return {
    CommandField: request.CommandField | 0x8000,
    MessageIDBeingRespondedTo: request.MessageID ?? 0,
    Status: status.status,
    // What the peer sent is echoed only where it is a UID, so that we never send what PS3.5 forbids.
    ...(sopClassUID !== undefined && isUid(sopClassUID) ? { AffectedSOPClassUID: sopClassUID } : {}),
    ...(sopInstanceUID !== undefined && isUid(sopInstanceUID) ? { AffectedSOPInstanceUID: sopInstanceUID } : {}),
    ...(status.errorComment ? { ErrorComment: errorCommentOf(status.errorComment) } : {}),
    ...(status.offendingElement ? { OffendingElement: status.offendingElement } : {}),
    ...(status.errorID === undefined ? {} : { ErrorID: status.errorID }),
    ...(status.attributeIdentifierList ? { AttributeIdentifierList: status.attributeIdentifierList } : {}),
  };
}

/**
 * A C-STORE request whose command set is in order, or the status that says what is not.
 * @standard PS3.4 B.2.3
 */
export function readStoreRequest(
  command: CommandSet,
  presentationContext: AcceptedContext,
  association: AssociationInfo,
): StoreRequest | DimseStatus {
  const { AffectedSOPClassUID: sopClassUID = '', AffectedSOPInstanceUID: sopInstanceUID = '' } = command;
  if (!isUid(sopInstanceUID)) {
    return { status: Status.InvalidSOPInstance, errorComment: 'Affected SOP Instance UID is no UID (PS3.5 9.1)' };
  }
  if (!isUid(sopClassUID)) {
    return { status: Status.NoSuchSOPClass, errorComment: 'Affected SOP Class UID is no UID (PS3.5 9.1)' };
  }
  if (sopClassUID !== presentationContext.abstractSyntax) {
    return { status: Status.DataSetDoesNotMatchSOPClass, errorComment: 'SOP class is not that of the context' };
  }
  if (!presentationContext.requestorRoles.scu) {
    return { status: Status.SOPClassNotSupported, errorComment: 'The requestor is not SCU of this SOP class' };
  }
  const { MoveOriginatorApplicationEntityTitle: origin, MoveOriginatorMessageID: originID } = command;
  return {
    association,
    presentationContext,
    affectedSOPClassUID: sopClassUID,
    affectedSOPInstanceUID: sopInstanceUID,
    messageID: command.MessageID ?? 0,
    priority: command.Priority ?? 0,
    ...(origin === undefined ? {} : { moveOriginatorAETitle: origin }),
    ...(originID === undefined ? {} : { moveOriginatorMessageID: originID }),
  };
}

/** Whether a command set is a request this room knows by name. */
export function isRequest(command: CommandSet): boolean {
  return (command.CommandField & 0x8000) === 0 && command.CommandField !== CommandField.CCancelRq;
}
