import { type ObjectStore, Spool } from '@endplate/store';
import { type ListenerConfig } from '../listener.config';
import { type ListenerObserver } from '../listener-observer';
import { type InstanceIntake } from './instance-intake';
import { type InstanceLedger } from './instance-ledger';
import { type PendingStudies } from './pending-studies';
import { SpoolIntake, SpoolUploader } from './spool-intake';
import { type SpoolMetrics } from './spool-metrics';
import { StoreIntake } from './store-intake';

/** Uploads leave the disk to the senders until they pause for this long, ms. */
const UPLOAD_YIELD_MS = 200;

/** Deliveries at one time, each of one PUT or two exchanges. */
const UPLOADS_AT_ONCE = 6;

/** Segment files that are ready from the start, so that a burst does not wait for the disk to give blocks. */
const SPARE_BYTES = 512 * 1024 ** 2;

/** The intake of this process, and what has to be ended with it. */
export interface OpenIntake {
  readonly intake: InstanceIntake;
  /** Present where acknowledgement is by the spool. */
  readonly spool?: Spool;
}

/**
 * Opens the intake that the configuration asks for; what a spool still holds is uploaded from now on.
 * @throws STORE_DENIED where another process has the spool's folder, STORE_UNAVAILABLE
 */
export async function openIntake(
  { dicom, store: { kind } }: Pick<ListenerConfig, 'dicom' | 'store'>,
  store: ObjectStore,
  ledger: InstanceLedger,
  pending: PendingStudies,
  observer: ListenerObserver,
  metrics: SpoolMetrics,
): Promise<OpenIntake> {
  const { acknowledge, spoolDir, spoolMaxBytes, spoolRetainMs } = dicom;
  const direct = new StoreIntake(store, ledger);
  if (acknowledge === 'store' || spoolDir === undefined) return { intake: direct };
  const uploader = new SpoolUploader(store, ledger, pending, (study) => observer.restored(study));
  const spool = await Spool.open({
    folder: spoolDir,
    maxBytes: spoolMaxBytes,
    spareBytes: Math.min(SPARE_BYTES, spoolMaxBytes / 8),
    yieldMs: UPLOAD_YIELD_MS,
    deliveriesAtOnce: UPLOADS_AT_ONCE,
    placeOf: (info) => uploader.keyOf(info),
    deliver: (record) => uploader.upload(record),
    // A folder was synced by ourselves; an S3 server may have answered from its memory.
    retainMs: kind === 's3' ? spoolRetainMs : 0,
    recheck: (record) => uploader.recheck(record),
    replayed: (info) => uploader.replayed(info),
    notify: (event) => {
      metrics.observe(event);
      observer.spool(event);
    },
  });
  metrics.watch(spool);
  return { intake: new SpoolIntake(spool, pending, direct), spool };
}
