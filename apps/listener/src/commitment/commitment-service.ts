import {
  type NormalisedAnswer,
  type NormalisedRequest,
  parseCommitmentRequest,
  REQUEST_COMMITMENT,
  ServiceFailure,
  Status,
  STORAGE_COMMITMENT_INSTANCE,
} from '@endplate/dimse';
import { type CommitmentDesk } from './commitment-desk';
import { type CommitmentRequestRecord, type CommitmentRequests, LEASE_MS } from './commitment-requests';

/** Transactions that may be open at one time. */
const MAX_OPEN = 1_000;
const DUPLICATE_TRANSACTION = 0x0131;

/** The Storage Commitment Push Model as SCP: success is answered once the request is durable. @standard PS3.4 J.3.2 */
export class CommitmentService {
  constructor(
    private readonly records: CommitmentRequests,
    private readonly desk: Pick<CommitmentDesk, 'take' | 'open'>,
    private readonly now: () => Date,
  ) {}

  async handle(request: NormalisedRequest): Promise<NormalisedAnswer> {
    const { operation, sopInstanceUID, actionTypeID, dataSet, transferSyntaxUID, association, reporter } = request;
    if (operation !== 'action') return { status: Status.UnrecognisedOperation };
    if (sopInstanceUID !== STORAGE_COMMITMENT_INSTANCE) return { status: Status.NoSuchSOPInstance };
    if (actionTypeID !== REQUEST_COMMITMENT) return { status: Status.NoSuchActionType };
    const { transactionUID, instances } = parse(dataSet, transferSyntaxUID);
    if (this.desk.open >= MAX_OPEN) throw new ServiceFailure(Status.ResourceLimitation, 'Too many open transactions');
    const at = this.now();
    const record: CommitmentRequestRecord = {
      schema: 'endplate.commitment-request/1',
      transactionUID,
      requester: association.callingAETitle,
      receivedAt: at.toISOString(),
      instances: [...instances],
      state: 'open',
      attempts: 0,
      nextAttemptAt: new Date(at.getTime() + LEASE_MS).toISOString(),
    };
    try {
      await this.records.create(record);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'STORE_EXISTS') throw error;
      throw new ServiceFailure(DUPLICATE_TRANSACTION, 'The Transaction UID is already in use');
    }
    this.desk.take(record, reporter);
    return { status: Status.Success };
  }
}

function parse(dataSet: Buffer, transferSyntaxUID: string): ReturnType<typeof parseCommitmentRequest> {
  try {
    return parseCommitmentRequest(dataSet, transferSyntaxUID);
  } catch (error) {
    if (error instanceof ServiceFailure) throw error;
    throw new ServiceFailure(Status.MistypedArgument, 'The action information is no dataset', { cause: error });
  }
}
