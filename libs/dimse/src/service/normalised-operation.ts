import { isUid } from '@endplate/dicom';
import type { AcceptedContext } from '../association/negotiate';
import { ServiceFailure } from '../errors';
import { CommandField, type CommandSet } from '../message/command-set';
import { Status, type DimseStatus } from '../message/status';
import type { AssociationInfo } from './association-info';
import type { EventReporter } from './event-reporter';
import { failureStatus } from './failure-status';
import type { Command } from './message-sender';
import { BoundedDataSet } from './receiver';
import { responseTo } from './scp-operation';

/** Which of the normalised services a peer asks for. */
export type NormalisedOperation = 'create' | 'set' | 'action';

/** One N-CREATE, N-SET or N-ACTION; UIDs are checked against PS3.5 9.1. @standard PS3.7 10.1 */
export interface NormalisedRequest {
  readonly operation: NormalisedOperation;
  readonly association: AssociationInfo;
  readonly sopClassUID: string;
  /** Absent in an N-CREATE that leaves it to us. */
  readonly sopInstanceUID?: string;
  /** Of an N-ACTION. */
  readonly actionTypeID?: number;
  /** Of `dataSet`. */
  readonly transferSyntaxUID: string;
  /** Attribute list, modification list or action information; empty where there was none. */
  readonly dataSet: Buffer;
  /** Reports events on this association, once the operation is answered. */
  readonly reporter: EventReporter;
}

/** The answer; an N-CREATE that left the SOP Instance UID to us is told which one it is. */
export interface NormalisedAnswer extends DimseStatus {
  readonly sopInstanceUID?: string;
}

/** Takes the requests of one SOP class. Throw a {@link ServiceFailure} to choose the failure status. */
export type NormalisedHandler = (request: NormalisedRequest) => NormalisedAnswer | Promise<NormalisedAnswer>;

/** Longest attribute list or action information that is held, bytes. */
export const MAX_NORMALISED_DATA_SET = 4 * 1024 * 1024;

const OPERATIONS: ReadonlyMap<number, NormalisedOperation> = new Map([
  [CommandField.NCreateRq, 'create'],
  [CommandField.NSetRq, 'set'],
  [CommandField.NActionRq, 'action'],
]);

/** Which normalised service a command asks for; undefined: another one. */
export function normalisedOperation(command: CommandSet): NormalisedOperation | undefined {
  return OPERATIONS.get(command.CommandField);
}

/** What an operation needs from its session. */
export interface NormalisedContext {
  readonly operation: NormalisedOperation;
  readonly association: AssociationInfo;
  readonly context: AcceptedContext;
  readonly command: CommandSet;
  readonly reporter: EventReporter;
  readonly handlers: Readonly<Record<string, NormalisedHandler>> | undefined;
  readonly isDraining: boolean;
  send(response: Command): void | Promise<void>;
  /** Told of what the handler threw. */
  failed(error: unknown): void;
}

/**
 * Takes one operation: gathers its dataset, asks the handler of the SOP class, answers.
 * @returns the receiver of the dataset, or the answer's sending where there is none
 * @standard PS3.7 10.3
 */
export function receiveNormalised(operation: NormalisedContext, hasDataSet: boolean): BoundedDataSet | Promise<void> {
  const answer = async (dataSet: Buffer | ServiceFailure): Promise<void> => {
    await operation.send(response(operation.command, await answerOf(operation, dataSet)));
  };
  return hasDataSet ? new BoundedDataSet(MAX_NORMALISED_DATA_SET, answer) : answer(Buffer.alloc(0));
}

async function answerOf(operation: NormalisedContext, dataSet: Buffer | ServiceFailure): Promise<NormalisedAnswer> {
  if (operation.isDraining) return { status: Status.ResourceLimitation, errorComment: 'The server is shutting down' };
  if (!Buffer.isBuffer(dataSet)) return { status: dataSet.status, errorComment: dataSet.errorComment };
  const { command, context } = operation;
  const sopClassUID = command.AffectedSOPClassUID ?? command.RequestedSOPClassUID ?? '';
  const sopInstanceUID = command.AffectedSOPInstanceUID ?? command.RequestedSOPInstanceUID;
  const refusal = refuse(operation, sopClassUID, sopInstanceUID);
  if (refusal) return refusal;
  const handler = operation.handlers?.[sopClassUID];
  if (!handler) return { status: Status.UnrecognisedOperation };
  const { ActionTypeID: actionTypeID } = command;
  try {
    return await handler({
      operation: operation.operation,
      association: operation.association,
      sopClassUID,
      ...(sopInstanceUID ? { sopInstanceUID } : {}),
      ...(actionTypeID === undefined ? {} : { actionTypeID }),
      transferSyntaxUID: context.transferSyntax,
      dataSet,
      reporter: operation.reporter,
    });
  } catch (error) {
    if (!(error instanceof ServiceFailure)) operation.failed(error);
    return failureStatus(error);
  }
}

/** What is wrong with the command set itself. @standard PS3.7 C.5 */
function refuse(
  { operation, context, handlers }: NormalisedContext,
  sopClassUID: string,
  sopInstanceUID: string | undefined,
): DimseStatus | undefined {
  if (!handlers) return { status: Status.UnrecognisedOperation };
  if (sopClassUID !== context.abstractSyntax) {
    return { status: Status.NoSuchSOPClass, errorComment: 'SOP class is not that of the context' };
  }
  if (!context.requestorRoles.scu) {
    return { status: Status.SOPClassNotSupported, errorComment: 'The requestor is not SCU of this SOP class' };
  }
  if (!sopInstanceUID && operation === 'create') return undefined;
  return isUid(sopInstanceUID ?? '')
    ? undefined
    : { status: Status.InvalidSOPInstance, errorComment: 'SOP Instance UID is no UID (PS3.5 9.1)' };
}

function response(command: CommandSet, { sopInstanceUID, ...status }: NormalisedAnswer): Command {
  const { ActionTypeID } = command;
  return {
    ...responseTo(command, status),
    ...(ActionTypeID === undefined ? {} : { ActionTypeID }),
    ...(sopInstanceUID === undefined ? {} : { AffectedSOPInstanceUID: sopInstanceUID }),
  };
}
