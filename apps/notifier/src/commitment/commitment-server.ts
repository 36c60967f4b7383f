import { type AddressInfo } from 'node:net';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { type AcceptDecision, DimseServer } from '@endplate/dimse';
import { type CommitmentRecords } from './commitment-records';
import { takeCommitment } from './take-commitment';

/** Where results of storage commitment are heard; port 0 is any free one. */
export interface CommitmentServerOptions {
  readonly host: string;
  readonly port: number;
  /** AE titles that we are called: those under which commitment is asked for. */
  readonly aeTitles: readonly string[];
}

const CONTEXTS = [SopClass.StorageCommitmentPushModel, SopClass.VerificationSOPClass].map((abstractSyntax) => ({
  abstractSyntax,
  transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian],
  // A PACS that reports on an association of its own stays the SCP of the service.
  requestorRoles: { scu: true, scp: true },
}));

/** Hears the N-EVENT-REPORTs of destinations that answer on an association of their own. @standard PS3.4 J.3.3 */
export class CommitmentServer {
  private readonly server: DimseServer;

  constructor(
    private readonly options: CommitmentServerOptions,
    records: CommitmentRecords,
  ) {
    this.server = new DimseServer({
      accept: (): AcceptDecision => ({ kind: 'accept', calledAETitles: options.aeTitles, contexts: CONTEXTS }),
      services: { eventReport: (report) => takeCommitment(records, report) },
      maxAssociations: 16,
    });
  }

  listen(): Promise<AddressInfo> {
    const { host, port } = this.options;
    return this.server.listen({ host, port });
  }

  close(): Promise<void> {
    return this.server.close({ drainMs: 1000 });
  }
}
