import type { DimseStatus } from '../message/status';
import { failureStatus } from './failure-status';
import type { DataSetReceiver } from './receiver';
import type { StoreSink } from './store-handler';

/**
 * Feeds one sink. After a failure the rest of the dataset is let past unread, so that the association survives and the
 * answer follows the last fragment.
 */
export class StoreReceiver implements DataSetReceiver {
  #failure: DimseStatus | undefined;
  #sink: StoreSink | undefined;
  #length = 0;

  /**
   * @param begun - The sink, or the error (or promise of one) of the handler that should have made it.
   * @param answer - Gets the status and the number of dataset bytes.
   */
  /**
   * @param answer - Gets the status and the number of dataset bytes.
   * @param failed - Gets what the handler threw.
   */
  constructor(
    private readonly answer: (status: DimseStatus, length: number) => void | Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Opens the sink; a promise where the handler takes its time. */
  begin(open: () => StoreSink | Promise<StoreSink>): void | Promise<void> {
    try {
      const sink = open();
      if (!(sink instanceof Promise)) {
        this.#sink = sink;
        return undefined;
      }
      return sink.then(
        (opened) => this.#adopt(opened),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** Refuses without a handler: the dataset is drained, then this status is sent. */
  refuse(status: DimseStatus): void {
    this.#failure ??= status;
  }

  write(bytes: Buffer): void | Promise<void> {
    this.#length += bytes.length;
    if (this.#failure || !this.#sink || bytes.length === 0) return undefined;
    try {
      const writing = this.#sink.write(bytes);
      return writing?.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  async end(): Promise<void> {
    const status = await this.#finish();
    await this.answer(status, this.#length);
  }

  async #finish(): Promise<DimseStatus> {
    const sink = this.#sink;
    if (sink && !this.#failure) {
      try {
        const status = await sink.end();
        this.#sink = undefined;
        return status;
      } catch (error) {
        this.#fail(error);
      }
    }
    return this.#failure ?? failureStatus(undefined);
  }

  abort(reason: string): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#failure ??= failureStatus(undefined);
    try {
      sink?.abort(reason);
    } catch {
      // The sink could not even let go; there is nobody left to tell.
    }
  }

  /** The association may have ended while the handler opened its sink. */
  #adopt(sink: StoreSink): void {
    this.#sink = sink;
    if (this.#failure) this.abort('association ended');
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = failureStatus(error);
    this.failed(error);
    this.abort('failed');
  }
}
