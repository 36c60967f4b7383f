import { type StudyFindings } from '@endplate/findings';
import { type DeliveryRecord } from '@endplate/studies';

/** One DICOM object that can be sent, as it lies in the store. */
export interface DicomObject {
  readonly form: 'dicom';
  /** Name below `reports/`, without `.dcm`. */
  readonly name: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly transferSyntaxUID: string;
  /** SOP Instance UIDs of objects that the destination must have taken before, for this one refers to them. */
  readonly requires?: readonly string[];
  /** Hexadecimal, of `bytes`. */
  readonly sha256: string;
  /** The Part 10 file. */
  readonly bytes: Buffer;
  /** Without file meta information; a view of `bytes`. */
  readonly dataSet: Buffer;
}

/** One message in the form of another standard, as it lies in the store. */
export interface MessageObject {
  readonly form: 'message';
  /** Name below `reports/`, or of what is sent where nothing lies in the store. */
  readonly name: string;
  /** Hexadecimal, of `bytes`. */
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** What can be sent. */
export type SendableObject = DicomObject | MessageObject;

/** Objects of which one is to be sent: the first that the destination takes. */
export type Alternatives = readonly SendableObject[];

/** What the destination said to one object. */
export interface SendAnswer {
  readonly object: SendableObject;
  /** `accepted` includes warnings and "I have it already"; `busy` may pass; `refused` will not. */
  readonly verdict: 'accepted' | 'busy' | 'refused';
  /** DIMSE status; absent where the SOP class was refused in negotiation, and where the protocol has none. */
  readonly status?: number;
  /** The answer of other protocols in a few words, without anything of the patient. */
  readonly answer?: string;
}

/** A place that results go to. */
export interface DestinationPort {
  readonly name: string;
  /** Rungs that this kind of destination, or its settings, leave out, and why. */
  readonly outOfReach: DeliveryRecord['outOfReach'];
  /**
   * Makes what is sent of the findings, also of a version that was not analysed; absent where it lies in the store.
   */
  readonly compose?: (findings: StudyFindings) => MessageObject;
  /**
   * Sends one of each, in order. Sending the same object twice leaves one at the destination: its UID is the same.
   * @returns one answer per entry of `objects`
   * @throws errors with `code` and `retryable` where the destination cannot be reached or rejects the conversation
   */
  send(objects: readonly Alternatives[]): Promise<readonly SendAnswer[]>;
  /** True where accepting is all that a destination of this kind can ever say. */
  readonly acknowledges?: true;
  /** How the destination is asked for what it has; absent where it is not. */
  readonly readBack?: ReadBackPort;
  /**
   * Asks the destination to take responsibility for objects; the result goes into the commitment records, now or later.
   * Absent where the destination is not to be asked.
   * @throws errors with `code` and `retryable`
   */
  commit?(transactionUID: string, objects: readonly CommittableObject[]): Promise<void>;
}

/** Asking a destination for what it has. */
export interface ReadBackPort {
  /** How, for the record: `c-find`, `qido`, `search`. */
  readonly by: string;
  /** True where the report of a later version takes the place of the earlier one. */
  readonly replaces?: true;
  /**
   * Asks which of the objects the destination has.
   * @returns names of objects
   * @throws errors with `code` and `retryable`; not retryable: the destination cannot be asked
   */
  find(studyInstanceUID: string, objects: readonly SendableObject[]): Promise<ReadonlySet<string>>;
  /** How objects are fetched back to be compared; absent where they are not. */
  readonly bytes?: {
    /** `wado`, `c-move`. */
    readonly by: string;
    /**
     * Fetches objects one after the other, those that the destination gives.
     * @throws errors with `code` and `retryable`; not retryable: the destination gives none
     */
    fetch(studyInstanceUID: string, objects: readonly DicomObject[]): AsyncIterable<FetchedObject>;
  };
}

/** An object as it came back. */
export interface FetchedObject {
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly dataSet: Buffer;
}

/** What is needed to ask for commitment of an object. */
export type CommittableObject = Pick<DicomObject, 'sopClassUID' | 'sopInstanceUID'>;

/** The DICOM objects among objects. */
export function dicomObjects(objects: readonly SendableObject[]): readonly DicomObject[] {
  return objects.filter((object): object is DicomObject => object.form === 'dicom');
}

/** The alternatives whose requirements the destination took, as far as it has answered; in their order. */
export function permitted(
  alternatives: readonly DicomObject[],
  answers: readonly SendAnswer[],
): readonly DicomObject[] {
  const taken = new Set(
    answers.flatMap(({ object, verdict }) =>
      verdict === 'accepted' && object.form === 'dicom' ? [object.sopInstanceUID] : [],
    ),
  );
  return alternatives.filter(({ requires = [] }) => requires.every((uid) => taken.has(uid)));
}
