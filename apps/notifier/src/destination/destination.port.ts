/** One object that can be sent, as it lies in the store. */
export interface SendableObject {
  /** Name below `reports/`, without `.dcm`. */
  readonly name: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly transferSyntaxUID: string;
  /** Hexadecimal, of the whole Part 10 file. */
  readonly sha256: string;
  /** Without file meta information. */
  readonly dataSet: Buffer;
}

/** Objects of which one is to be sent: the first that the destination takes. */
export type Alternatives = readonly SendableObject[];

/** What the destination said to one object. */
export interface SendAnswer {
  readonly object: SendableObject;
  /** `accepted` includes warnings and "I have it already"; `busy` may pass; `refused` will not. */
  readonly verdict: 'accepted' | 'busy' | 'refused';
  /** DIMSE status; absent where the SOP class was refused in negotiation. */
  readonly status?: number;
}

/** A place that results go to. */
export interface DestinationPort {
  readonly name: string;
  /**
   * Sends one of each, in order. Sending the same object twice leaves one at the destination: its UID is the same.
   * @returns one answer per entry of `objects`
   * @throws errors with `code` and `retryable` where the destination cannot be reached or rejects the conversation
   */
  send(objects: readonly Alternatives[]): Promise<readonly SendAnswer[]>;
  /**
   * Asks which of the objects the destination has.
   * @returns SOP Instance UIDs
   * @throws errors with `code` and `retryable`; not retryable: the destination cannot be asked
   */
  find(studyInstanceUID: string, objects: readonly FindableObject[]): Promise<ReadonlySet<string>>;
  /**
   * Asks the destination to take responsibility for objects; the result goes into the commitment records, now or later.
   * Absent where the destination is not to be asked.
   * @throws errors with `code` and `retryable`
   */
  commit?(transactionUID: string, objects: readonly CommittableObject[]): Promise<void>;
}

/** What is needed to ask for commitment of an object. */
export type CommittableObject = Pick<SendableObject, 'sopClassUID' | 'sopInstanceUID'>;

/** What is needed to ask for an object. */
export type FindableObject = Pick<SendableObject, 'sopInstanceUID' | 'seriesInstanceUID'>;
