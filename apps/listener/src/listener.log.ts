import { message } from '@endplate/platform';

/** Every message of the listener. No UID is logged beside an AE title's person, for no person is known here. */
export const LISTENER_LOG = {
  listening: message<{ host: string; port: number; aeTitle: string; tls: boolean }>(
    'LSN-001',
    'info',
    'DICOM server listens',
  ),
  associationAccepted: message<{
    association: number;
    callingAETitle: string;
    remoteAddress: string;
    contexts: number;
  }>('LSN-010', 'debug', 'Association accepted'),
  associationRejected: message<{
    callingAETitle: string;
    calledAETitle: string;
    remoteAddress: string;
    reason: string;
  }>('LSN-011', 'warn', 'Association rejected'),
  associationEnded: message<{ association: number; end: string; bytesIn: number }>(
    'LSN-012',
    'debug',
    'Association ended',
  ),
  connectionRefused: message<{ remoteAddress: string; limit: string }>('LSN-013', 'warn', 'Connection refused'),
  handlerFailed: message<{ error: Error }>('LSN-014', 'error', 'A DICOM service failed'),
  instanceReceived: message<{ studyInstanceUID: string; source: string; outcome: string; sizeBytes: number }>(
    'LSN-020',
    'debug',
    'Instance received',
  ),
  instanceConflict: message<{ studyInstanceUID: string; source: string }>(
    'LSN-021',
    'warn',
    'An instance came again with other bytes and was kept under conflicts/',
  ),
  instanceRefused: message<{ source: string; code: string; error: Error }>('LSN-022', 'warn', 'Instance refused'),
  recordDelayed: message<{ studyInstanceUID: string; error: Error }>(
    'LSN-023',
    'warn',
    'Instance is stored, its study record waits for reconcile',
  ),
  versionCreated: message<{ studyInstanceUID: string; version: number; instances: number; missing: number }>(
    'LSN-030',
    'info',
    'Study is complete',
  ),
  completenessChecked: message<{ studyInstanceUID: string; outcome: string }>(
    'LSN-031',
    'debug',
    'Completeness checked',
  ),
  sourceAnswered: message<{ studyInstanceUID: string; source: string; count: number }>(
    'LSN-032',
    'debug',
    'Source told how many instances the study has',
  ),
  sourceAway: message<{ studyInstanceUID: string; source: string; code: string }>(
    'LSN-033',
    'warn',
    'Source did not tell how many instances the study has',
  ),
  instancesFetched: message<{
    studyInstanceUID: string;
    source: string;
    completed: number;
    failed: number;
    code: string;
  }>('LSN-034', 'info', 'Source was asked to send what is missing'),
  reconciled: message<{
    studies: number;
    completeness: number;
    analyse: number;
    deliver: number;
    parked: number;
    failed: number;
  }>('LSN-040', 'info', 'Queues compared with the objects'),
  reconcileDelayed: message<{ error: Error }>('LSN-041', 'warn', 'Reconcile could not be asked for yet'),
  jobFailed: message<{ queue: string; jobId: string; attempt: number; final: boolean; error: Error }>(
    'LSN-050',
    'warn',
    'Job failed',
  ),
  workerStuck: message<{ queue: string; waiting: number; idleMs: number }>('LSN-051', 'error', 'Worker takes no work'),
  redisError: message<{ error: Error }>('LSN-052', 'warn', 'Redis does not answer'),
  spoolReplayed: message<{ records: number; torn: number }>('LSN-060', 'info', 'A segment of the spool is replayed'),
  instanceTurnedAway: message<{ source: string; code: string }>(
    'LSN-070',
    'warn',
    'Instance answered A700 before it was read',
  ),
  pressureHigh: message<{ resource: string; percent: number }>(
    'LSN-071',
    'error',
    'Over the watermark: senders are turned away',
  ),
  pressureOver: message<{ resource: string; percent: number }>('LSN-072', 'info', 'Below the watermark again'),
  reloaded: message<{ what: string }>('LSN-073', 'info', 'Read again, and in force'),
  reloadRefused: message<{ what: string; faults: string }>(
    'LSN-074',
    'error',
    'Has a fault; what was read before holds',
  ),
  spoolDamaged: message<{ segment: string }>(
    'LSN-061',
    'error',
    'A segment of the spool is damaged; what is whole is delivered, the file stays beside',
  ),
  uploadFailed: message<{ attempt: number; error: Error }>(
    'LSN-062',
    'warn',
    'An acknowledged instance is not in the object store yet',
  ),
  instanceRestored: message<{ studyInstanceUID: string }>(
    'LSN-063',
    'error',
    'The object store had confirmed an instance and lost it; it is stored again from the spool',
  ),
  commitmentAnswered: message<{ requester: string; committed: number; failed: number; sameAssociation: boolean }>(
    'LSN-080',
    'info',
    'Storage commitment answered',
  ),
  commitmentDelayed: message<{ requester: string; attempt: number; error: Error }>(
    'LSN-081',
    'warn',
    'The answer to a storage commitment is tried again later',
  ),
  commitmentGivenUp: message<{ requester: string; attempt: number; error: Error }>(
    'LSN-082',
    'error',
    'A storage commitment could not be answered',
  ),
  noticeTaken: message<{ source: string; requester: string; outcome: string; instances: number }>(
    'LSN-085',
    'info',
    'A performed procedure step or an availability notification was taken',
  ),
};
