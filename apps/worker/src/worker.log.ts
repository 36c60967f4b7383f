import { message } from '@endplate/platform';

type Version = { studyInstanceUID: string; version: number };

/** Every message of the worker. The correlation id is study and version; nothing of a patient has a place here. */
export const WORKER_LOG = {
  ready: message<{ model: string; modelVersion: string; sha256: string }>('WRK-001', 'info', 'Ready to analyse'),
  started: message<Version & { instances: number }>('WRK-010', 'info', 'Analysis started'),
  stage: message<Version & { stage: string }>('WRK-011', 'debug', 'Analysis stage'),
  finished: message<Version & { outcome: string; reasonCode?: string; discs: number; deliveries: number }>(
    'WRK-012',
    'info',
    'Analysis finished',
  ),
  quarantined: message<Version & { object: string; problems: readonly string[] }>(
    'WRK-013',
    'error',
    'An object failed validation and was put aside',
  ),
  jobFailed: message<{ jobId: string; attempt: number; final: boolean; error: Error }>(
    'WRK-020',
    'error',
    'Analysis failed',
  ),
  jobStalled: message<{ jobId: string }>('WRK-021', 'warn', 'A job was taken over from a silent worker'),
  lockLost: message<{ jobId: string }>('WRK-022', 'warn', 'The lock of a job was lost; its work stops'),
  workerStuck: message<{ waiting: number; idleMs: number }>('WRK-023', 'error', 'The worker takes no work'),
  redisError: message<{ error: Error }>('WRK-024', 'warn', 'Redis connection error'),
  timelineFailed: message<Version & { error: Error }>('WRK-025', 'warn', 'An event could not be added to the timeline'),
};
