import { ServiceFailure } from '../errors';
import { Status } from '../message/status';

/** Takes the dataset of the message under way. None of its methods throws: failures become statuses. */
export interface DataSetReceiver {
  write(bytes: Buffer): void | Promise<void>;
  end(): void | Promise<void>;
  abort(reason: string): void;
}

/** Holds a short dataset (identifier, action or event information) up to a limit; past it, the bytes are dropped. */
export class BoundedDataSet implements DataSetReceiver {
  #parts: Buffer[] = [];
  #length = 0;

  /**
   * @param maximumLength - Bytes.
   * @param done - Gets the whole dataset, or the failure where it was too long.
   */
  constructor(
    private readonly maximumLength: number,
    private readonly done: (dataSet: Buffer | ServiceFailure) => void | Promise<void>,
  ) {}

  write(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > this.maximumLength) this.#parts = [];
    else if (bytes.length > 0) this.#parts.push(Buffer.from(bytes));
  }

  end(): void | Promise<void> {
    if (this.#length <= this.maximumLength) return this.done(Buffer.concat(this.#parts));
    return this.done(new ServiceFailure(Status.ResourceLimitation, `Dataset over ${this.maximumLength} bytes`));
  }

  abort(): void {
    this.#parts = [];
  }
}
