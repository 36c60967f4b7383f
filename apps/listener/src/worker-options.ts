import { type WorkerOptions } from '@endplate/queue';
import { type ListenerConfig } from './listener.config';
import { type ListenerObserver } from './listener-observer';

/** How the listener takes jobs. */
export function workerOptions({ redis, dicom }: ListenerConfig, observer: ListenerObserver): WorkerOptions {
  return { ...redis, drainMs: dicom.drainMs, notify: (event) => observer.queue(event) };
}
