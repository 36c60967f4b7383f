import type { AcceptedContext } from '../association/negotiate';
import { ServiceFailure } from '../errors';
import type { CommandSet } from '../message/command-set';
import { Status, type DimseStatus } from '../message/status';
import type { Command } from './message-sender';
import { BoundedDataSet } from './receiver';
import { responseTo } from './scp-operation';

/** An event that a peer reports. @standard PS3.7 10.1.1 */
export interface EventReport {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly eventTypeID: number;
  /** Of `dataSet`. */
  readonly transferSyntaxUID: string;
  /** Event information without file meta information; empty where there was none. */
  readonly dataSet: Buffer;
}

/** What is done with an event; the status is the answer. Throw {@link ServiceFailure} for another. */
export type EventReportHandler = (report: EventReport) => DimseStatus | Promise<DimseStatus>;

/** Longest event information that is held, bytes. */
const MAX_EVENT_INFORMATION = 4 * 1024 * 1024;

/**
 * Takes an N-EVENT-REPORT: gathers its dataset, asks the handler, answers.
 *
 * @param failed - told of what the handler threw
 * @returns the receiver of the dataset, or the answer's sending where there is none
 * @standard PS3.7 10.3.1
 */
export function receiveEventReport(
  context: Pick<AcceptedContext, 'abstractSyntax' | 'transferSyntax'>,
  command: CommandSet,
  hasDataSet: boolean,
  handler: EventReportHandler | undefined,
  send: (response: Command) => void | Promise<void>,
  failed: (error: unknown) => void,
): BoundedDataSet | Promise<void> {
  const answer = async (dataSet: Buffer | ServiceFailure): Promise<void> => {
    const status = await statusOf(context, command, dataSet, handler, failed);
    const { EventTypeID } = command;
    await send({ ...responseTo(command, status), ...(EventTypeID === undefined ? {} : { EventTypeID }) });
  };
  return hasDataSet ? new BoundedDataSet(MAX_EVENT_INFORMATION, answer) : answer(Buffer.alloc(0));
}

async function statusOf(
  context: Pick<AcceptedContext, 'abstractSyntax' | 'transferSyntax'>,
  command: CommandSet,
  dataSet: Buffer | ServiceFailure,
  handler: EventReportHandler | undefined,
  failed: (error: unknown) => void,
): Promise<DimseStatus> {
  if (!Buffer.isBuffer(dataSet)) return { status: dataSet.status, errorComment: dataSet.errorComment };
  const { AffectedSOPClassUID = '', AffectedSOPInstanceUID = '', EventTypeID } = command;
  if (!handler || EventTypeID === undefined) return { status: Status.UnrecognisedOperation };
  if (AffectedSOPClassUID !== context.abstractSyntax) return { status: Status.NoSuchSOPClass };
  try {
    return await handler({
      sopClassUID: AffectedSOPClassUID,
      sopInstanceUID: AffectedSOPInstanceUID,
      eventTypeID: EventTypeID,
      transferSyntaxUID: context.transferSyntax,
      dataSet,
    });
  } catch (error) {
    failed(error);
    if (error instanceof ServiceFailure) return { status: error.status, errorComment: error.errorComment };
    return { status: Status.ProcessingFailure };
  }
}
