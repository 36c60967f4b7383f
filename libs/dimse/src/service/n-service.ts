import type { AcceptedContext } from '../association/negotiate';
import { CommandField, type CommandSet } from '../message/command-set';
import type { AssociationInfo } from './association-info';
import { receiveEventReport } from './event-report';
import type { EventReporter } from './event-reporter';
import type { Command } from './message-sender';
import { normalisedOperation, receiveNormalised } from './normalised-operation';
import type { BoundedDataSet } from './receiver';
import type { SessionContext } from './session-context';

/** One request of a normalised service, with what is needed to answer it. */
export interface NServiceRequest {
  readonly association: AssociationInfo;
  readonly context: AcceptedContext;
  readonly command: CommandSet;
  readonly hasDataSet: boolean;
  readonly reporter: EventReporter;
  send(response: Command): void | Promise<void>;
}

/**
 * Takes a request of one of the services of PS3.7 10: N-EVENT-REPORT, N-CREATE, N-SET, N-ACTION.
 * @returns the receiver of its dataset, or the sending of its answer; undefined where it is none of these
 */
export function receiveNService(
  request: NServiceRequest,
  { services, draining, notify }: Pick<SessionContext, 'services' | 'draining' | 'notify'>,
): BoundedDataSet | Promise<void> | undefined {
  const { association, context, command, hasDataSet, send } = request;
  const failed = (error: unknown): void => notify({ kind: 'handler-failed', association, error });
  if (command.CommandField === CommandField.NEventReportRq) {
    return receiveEventReport(
      context,
      command,
      hasDataSet,
      draining() ? undefined : services.eventReport,
      send,
      failed,
    );
  }
  const operation = normalisedOperation(command);
  if (!operation) return undefined;
  const { normalised: handlers } = services;
  return receiveNormalised({ ...request, operation, handlers, isDraining: draining(), failed }, hasDataSet);
}
