import { ServiceFailure, Status, type StoreHandler, type StoreRequest, type StoreSink } from '@endplate/dimse';
import { type FetchedObject } from '../destination/destination.port';

/** Takes what comes by C-STORE while somebody waits for it, and refuses everything else. */
export interface ExpectedObject {
  /** What has come; undefined as long as nothing has. */
  received(): FetchedObject | undefined;
  /** Nobody waits any more. */
  forget(): void;
}

interface Awaited {
  readonly maxBytes: number;
  object?: FetchedObject;
}

/** PS3.7 Annex C: refused, not authorised. */
const NOT_AUTHORISED = 0x0124;
/** Objects that may be awaited at one time, over all destinations. */
const MAX_AWAITED = 256;

/**
 * Where objects arrive that a destination was asked to move to us. They are held in memory until they have been compared,
 * each bounded by what was sent; an object that nobody asked for is refused.
 */
export class RetrieveDesk {
  private readonly awaited = new Map<string, Awaited>();

  /** The Storage SCP of the desk. */
  readonly handler: StoreHandler = { begin: (request) => this.take(request) };

  /** @throws RangeError when too many are awaited, or this one already is */
  expect(sopInstanceUID: string, maxBytes: number): ExpectedObject {
    if (this.awaited.has(sopInstanceUID) || this.awaited.size >= MAX_AWAITED)
      throw new RangeError('this object, or too many, are awaited already');
    const entry: Awaited = { maxBytes };
    this.awaited.set(sopInstanceUID, entry);
    return {
      received: () => entry.object,
      forget: () => void (this.awaited.get(sopInstanceUID) === entry && this.awaited.delete(sopInstanceUID)),
    };
  }

  private take({ affectedSOPInstanceUID, presentationContext }: StoreRequest): StoreSink {
    const entry = this.awaited.get(affectedSOPInstanceUID);
    if (!entry) throw new ServiceFailure(NOT_AUTHORISED, 'this instance was not asked for');
    const chunks: Buffer[] = [];
    let size = 0;
    return {
      write: (chunk) => {
        size += chunk.length;
        if (size > entry.maxBytes) throw new ServiceFailure(Status.OutOfResources, 'larger than what was sent');
        chunks.push(Buffer.from(chunk));
      },
      end: () => {
        const { transferSyntax: transferSyntaxUID } = presentationContext;
        entry.object = { sopInstanceUID: affectedSOPInstanceUID, transferSyntaxUID, dataSet: Buffer.concat(chunks) };
        return { status: Status.Success };
      },
      abort: () => undefined,
    };
  }
}
