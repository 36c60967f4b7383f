import { message } from '@endplate/platform';

type Delivery = { studyInstanceUID: string; version: number; destination: string };

/** Every message of the notifier. Nothing of a patient has a place here. */
export const NOTIFIER_LOG = {
  ready: message<{ destinations: readonly string[] }>('NTF-001', 'info', 'Ready to deliver'),
  rung: message<Delivery & { rung: string }>('NTF-010', 'info', 'A rung of the delivery was reached'),
  postponed: message<Delivery & { attempt: number; code: string; reason: string }>(
    'NTF-011',
    'warn',
    'The delivery waits for another try',
  ),
  delivered: message<Delivery & { state: string }>('NTF-012', 'info', 'The delivery is over'),
  deadLetter: message<Delivery & { code: string; reason: string }>('NTF-013', 'error', 'The delivery was given up'),
  unproven: message<Delivery & { code: string; reason: string }>(
    'NTF-014',
    'warn',
    'The destination accepted the objects, but it cannot be proven that it has them',
  ),
  jobFailed: message<{ queue: string; jobId: string; attempt: number; final: boolean; error: Error }>(
    'NTF-020',
    'warn',
    'A job failed',
  ),
  jobStalled: message<{ queue: string; jobId: string }>(
    'NTF-021',
    'warn',
    'A job was taken over from a silent process',
  ),
  lockLost: message<{ queue: string; jobId: string }>('NTF-022', 'warn', 'The lock of a job was lost'),
  workerStuck: message<{ queue: string; waiting: number; idleMs: number }>(
    'NTF-023',
    'error',
    'The notifier takes no work',
  ),
  redisError: message<{ error: Error }>('NTF-024', 'warn', 'Redis connection error'),
  timelineFailed: message<Delivery & { error: Error }>(
    'NTF-025',
    'warn',
    'An event could not be added to the timeline',
  ),
};
