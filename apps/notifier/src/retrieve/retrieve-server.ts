import { type AddressInfo } from 'node:net';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { type AcceptDecision, type AssociationRequest, DimseServer, Rejection } from '@endplate/dimse';
import { type RetrieveDesk } from './retrieve-desk';

/** Where objects that are moved back to us arrive; port 0 is any free one. */
export interface RetrieveServerOptions {
  readonly host: string;
  readonly port: number;
  /** The AE title that destinations know this address by. */
  readonly aeTitle: string;
  /** AE titles of the destinations that are asked; an empty list takes none. */
  readonly callingAETitles: readonly string[];
}

/** What we send is what may come back. */
const SOP_CLASSES = [
  SopClass.EnhancedSRStorage,
  SopClass.ComprehensiveSRStorage,
  SopClass.Comprehensive3DSRStorage,
  SopClass.SecondaryCaptureImageStorage,
  SopClass.SegmentationStorage,
  SopClass.GrayscaleSoftcopyPresentationStateStorage,
  SopClass.EncapsulatedPDFStorage,
  SopClass.KeyObjectSelectionDocumentStorage,
];
const CONTEXTS = [...SOP_CLASSES, SopClass.VerificationSOPClass].map((abstractSyntax) => ({
  abstractSyntax,
  transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian],
}));

/** Storage SCP for the objects that a C-MOVE brings back, from known destinations alone. @standard PS3.4 C.4.2.2 */
export class RetrieveServer {
  private readonly server: DimseServer;

  constructor(
    private readonly options: RetrieveServerOptions,
    desk: RetrieveDesk,
  ) {
    this.server = new DimseServer({
      accept: (request) => this.accept(request),
      services: { store: desk.handler },
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

  private accept({ callingAETitle }: AssociationRequest): AcceptDecision {
    const { aeTitle, callingAETitles } = this.options;
    if (!callingAETitles.includes(callingAETitle)) return Rejection.CallingAETitleNotRecognised;
    return { kind: 'accept', calledAETitles: [aeTitle], contexts: CONTEXTS };
  }
}
