import { type QueueName } from './jobs';

/** What happens in a worker; apps log and count it. Job ids carry UIDs and versions only. */
export type QueueEvent =
  | { readonly type: 'job-completed'; readonly queue: QueueName; readonly jobId: string; readonly durationMs: number }
  | {
      readonly type: 'job-failed';
      readonly queue: QueueName;
      readonly jobId: string;
      readonly attempt: number;
      /** True when it will not be tried again. */
      readonly final: boolean;
      readonly error: Error;
    }
  | { readonly type: 'job-stalled'; readonly queue: QueueName; readonly jobId: string }
  | { readonly type: 'lock-lost'; readonly queue: QueueName; readonly jobId: string }
  | { readonly type: 'worker-stuck'; readonly queue: QueueName; readonly waiting: number; readonly idleMs: number }
  | { readonly type: 'redis-error'; readonly queue?: QueueName; readonly error: Error };

/** Takes the events; must not throw. */
export type QueueListener = (event: QueueEvent) => void;
