import { encodePdu } from '../pdu/encode-pdu';
import {
  AbortReason,
  AbortSource,
  type Abort,
  type AssociateAc,
  type AssociateRj,
  type AssociateRq,
  type ControlPdu,
} from '../pdu/pdu';
import { NEXT_STATES, STATE_TABLE, type ActionName, type State } from './state-table';

/** Which side opened the transport connection. */
export type AssociationRole = 'requestor' | 'acceptor';

/** An event with what it carries. P-DATA bytes go past the machine: it only says whether they may pass. */
export type MachineEvent =
  | { readonly name: 'Evt1'; readonly request: AssociateRq }
  | { readonly name: 'Evt3'; readonly pdu: AssociateAc }
  | { readonly name: 'Evt4'; readonly pdu: AssociateRj }
  /** `refusal` where the service provider itself cannot accept the request. */
  | { readonly name: 'Evt6'; readonly pdu: AssociateRq; readonly refusal?: AssociateRj }
  | { readonly name: 'Evt7'; readonly answer: AssociateAc }
  | { readonly name: 'Evt8'; readonly answer: AssociateRj }
  | { readonly name: 'Evt9'; readonly bytes: readonly Buffer[] }
  | { readonly name: 'Evt15'; readonly reason?: number }
  | { readonly name: 'Evt16'; readonly pdu: Abort }
  | { readonly name: 'Evt19'; readonly abortReason: number }
  | { readonly name: 'Evt11' }
  | { readonly name: 'Evt14' }
  | { readonly name: 'Evt2' | 'Evt5' | 'Evt10' | 'Evt12' | 'Evt13' | 'Evt17' | 'Evt18' };

/** A primitive the machine hands to the user on top. */
export type Indication =
  | { readonly kind: 'associate'; readonly request: AssociateRq }
  | { readonly kind: 'accepted'; readonly answer: AssociateAc }
  | { readonly kind: 'rejected'; readonly answer: AssociateRj }
  | { readonly kind: 'p-data' }
  | { readonly kind: 'release' }
  | { readonly kind: 'released' }
  /** `by`: peer's user, peer's provider, our provider (protocol error), or the lost connection. */
  | { readonly kind: 'aborted'; readonly by: 'peer-user' | 'peer-provider' | 'ourselves' | 'connection-lost'; readonly reason: number }; // prettier-ignore

/** What the socket shell has to do, in order. */
export type Effect =
  | { readonly kind: 'connect' }
  | { readonly kind: 'send'; readonly bytes: readonly Buffer[] }
  | { readonly kind: 'start-artim' }
  | { readonly kind: 'stop-artim' }
  | { readonly kind: 'close' }
  | { readonly kind: 'indicate'; readonly indication: Indication };

const CONNECT: Effect = { kind: 'connect' };
const START_ARTIM: Effect = { kind: 'start-artim' };
const STOP_ARTIM: Effect = { kind: 'stop-artim' };
const CLOSE: Effect = { kind: 'close' };
const P_DATA: readonly Effect[] = [{ kind: 'indicate', indication: { kind: 'p-data' } }];
const NOTHING: readonly Effect[] = [];

/**
 * The upper layer protocol machine: events in, effects out, no socket and no clock.
 * @standard PS3.8 9.2
 */
export class AssociationMachine {
  #state: State = 'Sta1';
  #request: AssociateRq | undefined;

  constructor(readonly role: AssociationRole) {}

  /** Where the association is. */
  get state(): State {
    return this.#state;
  }

  /**
   * Takes one event and moves on. An event that cannot occur in this state is a local call that came too late
   * (for example a response after the peer aborted): it has no effect.
   */
  handle(event: MachineEvent): readonly Effect[] {
    const action = STATE_TABLE[event.name][this.#state];
    if (action === undefined) return NOTHING;
    const effects = this.#perform(action, event);
    this.#state = this.#nextState(action, event);
    return effects;
  }

  #nextState(action: ActionName, event: MachineEvent): State {
    const [first, second] = NEXT_STATES[action];
    if (second === undefined) return first;
    if (action === 'AR-8') return this.role === 'requestor' ? first : second;
    return event.name === 'Evt6' && event.refusal ? second : first;
  }

  #perform(action: ActionName, event: MachineEvent): readonly Effect[] {
    switch (action) {
      case 'AE-1':
        if (event.name === 'Evt1') this.#request = event.request;
        return [CONNECT];
      case 'AE-2':
        return this.#request ? [sendPdu(this.#request)] : NOTHING;
      case 'AE-3':
        return event.name === 'Evt3' ? [indicate({ kind: 'accepted', answer: event.pdu })] : NOTHING;
      case 'AE-4':
        return event.name === 'Evt4' ? [indicate({ kind: 'rejected', answer: event.pdu }), CLOSE] : NOTHING;
      case 'AE-5':
        return [START_ARTIM];
      case 'AE-6':
        return event.name === 'Evt6' ? answerRequest(event.pdu, event.refusal) : NOTHING;
      case 'AE-7':
        return event.name === 'Evt7' ? [sendPdu(event.answer)] : NOTHING;
      case 'AE-8':
        return event.name === 'Evt8' ? [sendPdu(event.answer), START_ARTIM] : NOTHING;
      case 'DT-1':
      case 'AR-7':
        return event.name === 'Evt9' ? [{ kind: 'send', bytes: event.bytes }] : NOTHING;
      case 'DT-2':
      case 'AR-6':
        return P_DATA;
      default:
        return performEnd(action, event);
    }
  }
}

function answerRequest(request: AssociateRq, refusal: AssociateRj | undefined): readonly Effect[] {
  if (refusal) return [STOP_ARTIM, sendPdu(refusal), START_ARTIM];
  return [STOP_ARTIM, indicate({ kind: 'associate', request })];
}

/** Release and abort actions. @standard PS3.8 Table 9-8 and 9-9 */
function performEnd(
  action: Exclude<ActionName, `AE-${number}` | `DT-${number}`>,
  event: MachineEvent,
): readonly Effect[] {
  switch (action) {
    case 'AR-1':
      return [sendPdu({ kind: 'release-rq' })];
    case 'AR-2':
    case 'AR-8':
      return [indicate({ kind: 'release' })];
    case 'AR-3':
      return [indicate({ kind: 'released' }), CLOSE];
    case 'AR-4':
      return [sendPdu({ kind: 'release-rp' }), START_ARTIM];
    case 'AR-9':
      return [sendPdu({ kind: 'release-rp' })];
    case 'AR-10':
      return [indicate({ kind: 'released' })];
    case 'AR-5':
    case 'AA-5':
      return [STOP_ARTIM];
    case 'AA-1':
      return [abort(AbortSource.ServiceUser, AbortReason.NotSpecified), START_ARTIM];
    case 'AA-2':
      return [STOP_ARTIM, CLOSE];
    case 'AA-3':
      return [indicate(abortedByPeer(event)), CLOSE];
    case 'AA-4':
      return [indicate({ kind: 'aborted', by: 'connection-lost', reason: AbortReason.NotSpecified })];
    case 'AA-7':
      return [abort(AbortSource.ServiceProvider, abortReason(event))];
    case 'AA-8': {
      const reason = abortReason(event);
      return [abort(AbortSource.ServiceProvider, reason), indicate({ kind: 'aborted', by: 'ourselves', reason }), START_ARTIM]; // prettier-ignore
    }
    default:
      return NOTHING;
  }
}

function abortedByPeer(event: MachineEvent): Indication {
  const pdu = event.name === 'Evt16' ? event.pdu : undefined;
  const by = pdu?.source === AbortSource.ServiceProvider ? 'peer-provider' : 'peer-user';
  return { kind: 'aborted', by, reason: pdu?.reason ?? AbortReason.NotSpecified };
}

function abortReason(event: MachineEvent): number {
  return event.name === 'Evt19' ? event.abortReason : AbortReason.UnexpectedPdu;
}

function abort(source: number, reason: number): Effect {
  return sendPdu({ kind: 'abort', source, reason });
}

function sendPdu(pdu: ControlPdu): Effect {
  return { kind: 'send', bytes: [encodePdu(pdu)] };
}

function indicate(indication: Indication): Effect {
  return { kind: 'indicate', indication };
}

/** The event that a received control PDU is. @standard PS3.8 Table 9-10 */
export function eventOf(pdu: Exclude<ControlPdu, AssociateRq>): MachineEvent {
  switch (pdu.kind) {
    case 'associate-ac':
      return { name: 'Evt3', pdu };
    case 'associate-rj':
      return { name: 'Evt4', pdu };
    case 'release-rq':
      return { name: 'Evt12' };
    case 'release-rp':
      return { name: 'Evt13' };
    case 'abort':
      return { name: 'Evt16', pdu };
  }
}
