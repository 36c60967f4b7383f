import { ENDPLATE_IMPLEMENTATION_CLASS_UID, ENDPLATE_IMPLEMENTATION_VERSION_NAME } from '@endplate/dicom';
import type { AcceptDecision, Services } from '../service/session-context';
import type { AssociationRequest } from '../service/association-info';
import type { Notify } from '../service/dimse-event';
import { systemTimers, type Timers } from './timers';

/** Settings of a {@link DimseServer}; every absent one has a default. */
export interface ServerOptions {
  /** Asked for every association request; a thrown error becomes a transient rejection. */
  readonly accept: (request: AssociationRequest) => AcceptDecision | Promise<AcceptDecision>;
  readonly services: Services;
  /** Maximum length we tell the peer, bytes of a PDV list. Default 262144. */
  readonly maxPduLength?: number;
  /** Associations at one time; more are rejected as a transient local limit. Default 64. */
  readonly maxAssociations?: number;
  /** Associations at one time from one address. Default: as `maxAssociations`. */
  readonly maxAssociationsPerAddress?: number;
  /** Association request/reject/release timer, ms. Default 15000. */
  readonly artimMs?: number;
  /** Silence of the peer that ends an association, ms. Default 60000. */
  readonly idleMs?: number;
  /** Time one PDU may take to arrive, ms. Default 60000. */
  readonly pduMs?: number;
  /** Time a handler may keep the peer waiting, ms. Default 120000. */
  readonly handlerMs?: number;
  readonly notify?: Notify;
  readonly implementationClassUID?: string;
  readonly implementationVersionName?: string;
  readonly timers?: Timers;
}

/** {@link ServerOptions} with every default filled in. */
export type ServerSettings = Required<ServerOptions>;

/** The settings a server runs with. */
export function serverSettings(options: ServerOptions): ServerSettings {
  const maxAssociations = options.maxAssociations ?? 64;
  return {
    maxPduLength: 256 * 1024,
    maxAssociations,
    maxAssociationsPerAddress: maxAssociations,
    artimMs: 15_000,
    idleMs: 60_000,
    pduMs: 60_000,
    handlerMs: 120_000,
    notify: () => undefined,
    implementationClassUID: ENDPLATE_IMPLEMENTATION_CLASS_UID,
    implementationVersionName: ENDPLATE_IMPLEMENTATION_VERSION_NAME,
    timers: systemTimers,
    ...options,
  };
}
