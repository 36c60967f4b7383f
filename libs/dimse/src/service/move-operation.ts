import { isUid, parseDataSet, parseUid, Tag } from '@endplate/dicom';
import { isAETitle } from '../association/ae-title';
import { PeerTimeout, UsageInvalid } from '../errors';
import type { CommandSet } from '../message/command-set';
import { Status, statusKind, type StatusKind } from '../message/status';
import type { Timers } from '../transport/timers';
import type { DimseResponse } from './scu-session';

/** How far a C-MOVE is; a count that the peer did not give is absent. @standard PS3.7 9.1.4.1 */
export interface SuboperationCounts {
  readonly remaining?: number;
  readonly completed?: number;
  readonly failed?: number;
  readonly warning?: number;
}

/** What is to be moved, and where. */
export interface MoveRequest {
  /** The retrieve model, for example Study Root MOVE. */
  readonly sopClassUID: string;
  /** AE title that the peer sends to; it has to know its address. */
  readonly destinationAETitle: string;
  /** Unique keys, encoded in the transfer syntax of the accepted context. */
  readonly identifier: Buffer;
  /** 0 medium (default), 1 high, 2 low. */
  readonly priority?: number;
  /** The whole move, ms; then it is cancelled. Default 30 min. */
  readonly moveTimeoutMs?: number;
  /** Aborted: the move is cancelled. */
  readonly signal?: AbortSignal;
  /** Told of every pending response. */
  readonly progress?: (counts: SuboperationCounts) => void;
}

/** How a move ended. */
export interface MoveOutcome {
  readonly kind: Exclude<StatusKind, 'pending'>;
  readonly status: number;
  readonly errorComment?: string;
  /** Of the final response; where that has none, of the last pending one. */
  readonly counts: SuboperationCounts;
  /** Instances that the peer says it could not send, at most {@link MAX_FAILED}. */
  readonly failedSOPInstanceUIDs: readonly string[];
}

/** One operation on the association, as the move needs it. */
export interface MoveExchange {
  readonly transferSyntaxUID: string;
  readonly responseTimeoutMs: number;
  readonly timers: Timers;
  send(): Promise<void>;
  /** The next response to this operation. */
  next(): Promise<DimseResponse>;
  cancel(): Promise<void>;
  abort(): void;
}

const DEFAULT_MOVE_MS = 30 * 60_000;
/** Entries of Failed SOP Instance UID List that are kept. */
export const MAX_FAILED = 65_536;

/**
 * Sends a C-MOVE and follows its responses to the final one. Bounded three ways: each response in its time, the whole
 * move in its time, and after a C-CANCEL the final response in one response time, whatever is still pending.
 * @throws DIMSE_USAGE_INVALID, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED
 * @standard PS3.7 9.1.4
 */
export async function runMove(exchange: MoveExchange, request: MoveRequest): Promise<MoveOutcome> {
  if (!isAETitle(request.destinationAETitle)) throw new UsageInvalid('the destination of a move is no AE title');
  request.signal?.throwIfAborted();
  const deadline = new MoveDeadline(exchange, request);
  try {
    await exchange.send();
    let counts: SuboperationCounts = {};
    for (;;) {
      const response = await deadline.orCause(exchange.next());
      counts = countsOf(response.command, counts);
      const status = response.command.Status ?? Status.ProcessingFailure;
      const kind = statusKind(status);
      if (kind === 'pending') request.progress?.(counts);
      else return outcome(kind, status, response, counts, exchange.transferSyntaxUID);
    }
  } finally {
    deadline.stop();
  }
}

/** Cancels a move that lasts too long or is not wanted any more, and gives up on a peer that goes on all the same. */
class MoveDeadline {
  #stopTimer: () => void;
  #cancelled = false;
  #cause: PeerTimeout | undefined;
  readonly #onAbort = (): void => this.#cancel();

  constructor(
    private readonly exchange: MoveExchange,
    private readonly request: MoveRequest,
  ) {
    this.#stopTimer = exchange.timers.after(request.moveTimeoutMs ?? DEFAULT_MOVE_MS, () => this.#cancel());
    request.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** What the wait gives; its failure is the timeout, where that is what ended the association. */
  async orCause<T>(wait: Promise<T>): Promise<T> {
    try {
      return await wait;
    } catch (error) {
      throw this.#cause ?? error;
    }
  }

  stop(): void {
    this.#stopTimer();
    this.request.signal?.removeEventListener('abort', this.#onAbort);
  }

  #cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#stopTimer();
    const { responseTimeoutMs, timers } = this.exchange;
    this.#stopTimer = timers.after(responseTimeoutMs, () => {
      this.#cause = new PeerTimeout(`the move went on ${responseTimeoutMs} ms after C-CANCEL`, { responseTimeoutMs });
      this.exchange.abort();
    });
    // A line that is lost now fails the wait for the response too.
    this.exchange.cancel().catch(() => undefined);
  }
}

function countsOf(command: CommandSet, before: SuboperationCounts): SuboperationCounts {
  const {
    NumberOfRemainingSuboperations: remaining,
    NumberOfCompletedSuboperations: completed,
    NumberOfFailedSuboperations: failed,
    NumberOfWarningSuboperations: warning,
  } = command;
  return {
    ...before,
    ...(remaining === undefined ? {} : { remaining }),
    ...(completed === undefined ? {} : { completed }),
    ...(failed === undefined ? {} : { failed }),
    ...(warning === undefined ? {} : { warning }),
  };
}

function outcome(
  kind: MoveOutcome['kind'],
  status: number,
  { command, dataSet }: DimseResponse,
  counts: SuboperationCounts,
  transferSyntaxUID: string,
): MoveOutcome {
  return {
    kind,
    status,
    ...(command.ErrorComment === undefined ? {} : { errorComment: command.ErrorComment }),
    counts,
    failedSOPInstanceUIDs: dataSet ? failedInstances(dataSet, transferSyntaxUID) : [],
  };
}

/** The list says which instances to ask for again; a peer that garbles it is taken at its counts. */
function failedInstances(dataSet: Buffer, transferSyntaxUID: string): string[] {
  try {
    const identifier = parseDataSet(dataSet, parseUid(transferSyntaxUID));
    return identifier.strings(Tag.FailedSOPInstanceUIDList).slice(0, MAX_FAILED).filter(isUid);
  } catch {
    return [];
  }
}
