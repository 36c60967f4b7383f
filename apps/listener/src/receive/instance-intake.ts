import { type FileMeta, type ScannedHeader } from '@endplate/dicom';
import { type SourceRules } from '../association/ae-directory';
import { type InstanceFilter } from '../association/instance-filter';

/** Who sends an instance, and what holds for its studies. */
export interface InstanceSource {
  /** Calling AE title, or `STOW-RS`. */
  readonly name: string;
  readonly rules: SourceRules;
  /** Which of its instances are taken; all when absent. */
  readonly filter?: InstanceFilter;
}

/** The UIDs an instance is known by. */
export type InstanceUIDs = Pick<
  ScannedHeader,
  'sopClassUID' | 'sopInstanceUID' | 'seriesInstanceUID' | 'studyInstanceUID'
>;

/** What is claimed of an instance before its dataset was read. */
export interface InstanceClaim {
  /** The C-STORE command, or the file meta information. */
  readonly meta: FileMeta;
  readonly source: InstanceSource;
}

/** An instance that was taken; `stored` is the only one that is new. */
export interface ReceivedOutcome {
  readonly kind: 'stored' | 'duplicate' | 'conflict';
  readonly header: InstanceUIDs;
  readonly sizeBytes: number;
}

/** What happens besides the answer. */
export type ReceiveEvent =
  | { readonly type: 'instance-received'; readonly source: string; readonly outcome: ReceivedOutcome }
  /** The instance is durable, the queue or the timeline did not take it: `reconcile` will. */
  | { readonly type: 'record-delayed'; readonly studyInstanceUID: string; readonly error: Error };

/** Where one instance comes down. Calls do not overlap. */
export interface Landing {
  /** Takes bytes of the file; the chunk is the caller's again when the call returns, or its promise resolves. */
  write(chunk: Buffer): void | Promise<void>;
  /** Resolves when the instance is durable: the promise that success may be answered. */
  land(header: InstanceUIDs): Promise<void>;
  /** Throws everything away; safe at any time. */
  abort(): Promise<void>;
}

/** Where instances become durable: the object store itself, or a spool in front of it. */
export interface InstanceIntake {
  /** @throws STORE_FULL and other failures of the store, before any byte is taken */
  open(claim: InstanceClaim): Landing | Promise<Landing>;
}
