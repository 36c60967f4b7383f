import { Inject, Injectable } from '@nestjs/common';
import { createWorker, type QueueWorker } from '@endplate/queue';
import { type LaneOptions } from './destination-lane';
import { Dispatcher } from './dispatcher';

/** Injection token of the queue workers' settings. */
export const DELIVERY_QUEUE = Symbol('notifier:delivery-queue');

/** Takes `deliver` and `verify` jobs and gives each to the lane of its destination. */
@Injectable()
export class DeliveryProcessor {
  private workers: QueueWorker[] = [];

  constructor(
    @Inject(Dispatcher) private readonly dispatcher: Dispatcher,
    @Inject(DELIVERY_QUEUE) private readonly options: LaneOptions,
  ) {}

  start(): void {
    this.dispatcher.start();
    const options = { ...this.options, concurrency: 16 };
    this.workers = [
      createWorker('deliver', (name) => this.dispatcher.deliver(name), options),
      createWorker('verify', (name) => this.dispatcher.verify(name), options),
    ];
  }

  async health(): Promise<void> {
    await Promise.all([...this.workers.map((worker) => worker.health()), this.dispatcher.health()]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    await this.dispatcher.close();
  }
}
