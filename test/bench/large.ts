/**
 * One very large multi-frame instance, streamed: the resident size of the listener while it takes it.
 *
 * ```
 * npm run bench:large -- [--megabytes N] [--acknowledge spool|store]
 * ```
 *
 * The last line is `{"megabytes","seconds","megabytesPerSecond","peakRssMb"}`.
 * @packageDocumentation
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { deriveUid, encodePart10, readFileMeta, SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation, Status } from '@endplate/dimse';
import { createFilesystemStore, instanceKey } from '@endplate/store';
import { startPeer } from './peers';
import { ProcessLoad } from './process-load';
import { SPOOL_ENV } from './spool-env';

const ROWS = 1024;
const FRAME_BYTES = ROWS * ROWS * 2;

const UIDS = {
  sopClassUID: SopClass.EnhancedMRImageStorage,
  studyInstanceUID: deriveUid('bench', 'large'),
  seriesInstanceUID: deriveUid('bench', 'large', 'series'),
  sopInstanceUID: deriveUid('bench', 'large', 'instance'),
};

/** The dataset of `frames` frames, a frame at a time in one buffer. */
async function* dataSet(frames: number): AsyncGenerator<Buffer> {
  const file = encodePart10(
    {
      SOPClassUID: UIDS.sopClassUID,
      SOPInstanceUID: UIDS.sopInstanceUID,
      StudyInstanceUID: UIDS.studyInstanceUID,
      SeriesInstanceUID: UIDS.seriesInstanceUID,
      PatientName: 'Bench^Large',
      PatientID: 'BENCH',
      Modality: 'MR',
      SeriesNumber: 1,
      InstanceNumber: 1,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      NumberOfFrames: frames,
      Rows: ROWS,
      Columns: ROWS,
      BitsAllocated: 16,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 0,
    },
    TransferSyntax.ExplicitVRLittleEndian,
  );
  yield file.subarray(readFileMeta(file).dataSetOffset);
  // (7FE0,0010) OW, two reserved bytes, 32-bit length.
  const head = Buffer.from('e07f10004f57000000000000', 'hex');
  head.writeUInt32LE(frames * FRAME_BYTES, 8);
  yield head;
  const frame = Buffer.alloc(FRAME_BYTES);
  for (let i = 0; i < FRAME_BYTES; i += 2) frame.writeUInt16LE((i * 37) % 4096, i);
  for (let i = 0; i < frames; i += 1) yield frame;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { megabytes: { type: 'string', default: '256' }, acknowledge: { type: 'string', default: 'spool' } },
  });
  const frames = Math.max(1, Math.floor((Number(values.megabytes) * 1e6) / FRAME_BYTES));
  const peer = await startPeer('endplate', values.acknowledge === 'spool' ? SPOOL_ENV : {});
  const load = new ProcessLoad(peer.pid);
  try {
    const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
    const contexts = [{ abstractSyntax: UIDS.sopClassUID, transferSyntaxes: [transferSyntaxUID] }];
    const titles = { callingAETitle: 'BENCH', calledAETitle: peer.aeTitle };
    const patience = { responseTimeoutMs: 600_000 };
    const association = await openAssociation({ host: '127.0.0.1', port: peer.port, contexts, ...titles, ...patience });
    const startedAt = performance.now();
    const { status } = await association.store({ ...UIDS, transferSyntaxUID, dataSet: dataSet(frames) });
    const seconds = (performance.now() - startedAt) / 1000;
    if (status !== Status.Success) throw new Error(`the listener answered 0x${status.toString(16)}`);
    await association.release();
    const store = await createFilesystemStore({ root: path.join(peer.folder, 'data') });
    const megabytes = ((await store.stat(instanceKey(UIDS)))?.sizeBytes ?? 0) / 1e6;
    if (megabytes * 1e6 < frames * FRAME_BYTES) throw new Error('the store has less than was sent');
    const round = (value: number): number => Number(value.toFixed(1));
    const { peakRssMb, cpuSeconds } = load.stop();
    const result = { megabytes, seconds, megabytesPerSecond: megabytes / seconds, cpuSeconds, peakRssMb };
    const rounded = Object.fromEntries(Object.entries(result).map(([key, value]) => [key, round(value)]));
    process.stdout.write(`${JSON.stringify(rounded)}\n`);
  } finally {
    load.stop();
    await peer.stop();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
