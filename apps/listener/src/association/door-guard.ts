import {
  type AcceptDecision,
  type AssociationRequest,
  type DimseEvent,
  type DimseStatus,
  type PeerAddress,
  Rejection,
  Status,
  type StoreHandler,
  type StoreRequest,
  type StoreSink,
} from '@endplate/dimse';
import { type Pressure } from '../pressure/pressure';
import { type AeDirectory } from './ae-directory';
import { type AeQuota } from './ae-quota';
import { contextsOf, LISTENER_NEGOTIATION, MAX_OPERATIONS } from './association-policy';
import { type SharedQuotas } from './shared-quotas';
import { type IdentityCheck } from './user-identity';

/** What the guard asks. */
export interface GuardPorts {
  readonly directory: AeDirectory;
  readonly quotas: SharedQuotas;
  /** Compares what an AE shows with what the AE list asks for. */
  readonly identities: IdentityCheck;
  readonly pressure: Pick<Pressure, 'refusesAssociations' | 'refusesInstances'>;
  /** Told of each instance that is refused before its data set was looked at. */
  readonly refused: (code: 'LISTENER_QUOTA' | 'LISTENER_PRESSURE', callingAETitle: string) => void;
}

/**
 * Decides who comes in now: the AE list, the quotas of an AE, and the pressure on the process. What is refused here is
 * refused before a byte of it is kept, so nothing that was accepted is lost.
 */
export class DoorGuard {
  constructor(private readonly ports: GuardPorts) {}

  /**
   * Our AE title must be called, the calling one be known at its address and show who it is, and there must be room.
   * @standard PS3.8 9.3.4
   */
  async decide(request: AssociationRequest): Promise<AcceptDecision> {
    const { directory, quotas, pressure, identities } = this.ports;
    if (!directory.isCalled(request.calledAETitle)) return Rejection.CalledAETitleNotRecognised;
    const admission = directory.admit(request);
    if (!admission) return Rejection.CallingAETitleNotRecognised;
    const required = directory.requiredIdentity(request);
    const { userIdentity } = request.pdu.userInformation;
    if (required && !(await identities(required, userIdentity))) return Rejection.AuthenticationFailed;
    if (pressure.refusesAssociations) return Rejection.TemporaryCongestion;
    const { quota } = admission;
    if (quota && !(await quotas.reserve(request.callingAETitle, connectionOf(request), quota))) {
      return Rejection.LocalLimitExceeded;
    }
    return {
      kind: 'accept',
      contexts: contextsOf(admission.services),
      extendedNegotiation: LISTENER_NEGOTIATION,
      maxOperations: MAX_OPERATIONS,
      // A name, with or without passcode, is answered by an empty response; without a check there is none.
      ...(required ? { userIdentityResponse: Buffer.alloc(0) } : {}),
    };
  }

  /** Puts pressure and quotas in front of a Storage service: what they refuse is drained and answered A700. */
  guard(store: StoreHandler): StoreHandler {
    return {
      begin: (request) => {
        const refusal = this.refuse(request);
        if (refusal instanceof Promise) return refusal.then((one) => (one ? refusingSink(one) : store.begin(request)));
        return refusal ? refusingSink(refusal) : store.begin(request);
      },
    };
  }

  /** Keeps the books of the quotas; to be told every event of the server. */
  observe(event: DimseEvent): void {
    const { quotas, directory } = this.ports;
    if (event.kind === 'association-accepted') {
      quotas.associationOpened(event.association.callingAETitle, connectionOf(event.association));
    } else if (event.kind === 'association-ended') {
      quotas.associationEnded(event.association.callingAETitle, connectionOf(event.association));
    } else if (event.kind === 'association-rejected') {
      quotas.associationEnded(event.callingAETitle, connectionOf(event.peer));
    } else if (event.kind === 'store') {
      const quota = directory.admit(event.association)?.quota;
      if (quota) quotas.bytesSent(event.association.callingAETitle, event.dataSetBytes, quota);
    }
  }

  /** A promise only where somebody has to be asked: an AE without quota waits for nobody. */
  private refuse({ association }: StoreRequest): DimseStatus | undefined | Promise<DimseStatus | undefined> {
    const { directory, pressure, refused } = this.ports;
    const { callingAETitle } = association;
    if (pressure.refusesInstances) {
      refused('LISTENER_PRESSURE', callingAETitle);
      return { status: Status.OutOfResources, errorComment: 'Cannot store now: LISTENER_PRESSURE' };
    }
    const quota = directory.admit(association)?.quota;
    return quota && this.refuseOverQuota(callingAETitle, quota);
  }

  private async refuseOverQuota(callingAETitle: string, quota: AeQuota): Promise<DimseStatus | undefined> {
    const broken = await this.ports.quotas.takeInstance(callingAETitle, quota);
    if (broken === undefined) return undefined;
    this.ports.refused('LISTENER_QUOTA', callingAETitle);
    return { status: Status.OutOfResources, errorComment: broken };
  }
}

function connectionOf({ remoteAddress, remotePort }: PeerAddress): string {
  return `${remoteAddress} ${remotePort}`;
}

function refusingSink(status: DimseStatus): StoreSink {
  return { write: () => undefined, end: () => Promise.resolve(status), abort: () => undefined };
}
