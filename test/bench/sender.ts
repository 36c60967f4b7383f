import { randomInt } from 'node:crypto';
import { deriveUid, encodePart10, readFileMeta, SopClass, TransferSyntax, type UID } from '@endplate/dicom';
import { openAssociation, Status } from '@endplate/dimse';

/** What one sender is to do; it comes by IPC. */
export interface SendOrder {
  readonly port: number;
  readonly calledAETitle: string;
  readonly kind: 'ct' | 'mr';
  readonly instances: number;
  readonly associations: number;
}

/** How it went. */
export interface SendResult {
  /** From the first association request to the last release. */
  readonly elapsedMs: number;
  /** From the first byte of the last C-STORE of an instance to its answer: median and 99th percentile, ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Rows and columns: a CT instance is 525 KB, an MR instance 132 KB. */
const SIZE = { ct: 512, mr: 256 };
const SOP_CLASS = { ct: SopClass.CTImageStorage, mr: SopClass.MRImageStorage };

/** Sends the order's instances, each new to the peer; every answer must be success. */
async function send({ port, calledAETitle, kind, instances, associations }: SendOrder): Promise<SendResult> {
  const run = String(randomInt(10 ** 9, 10 ** 10));
  const sopClassUID = SOP_CLASS[kind];
  const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
  const contexts = [{ abstractSyntax: sopClassUID, transferSyntaxes: [transferSyntaxUID] }];
  const answersMs: number[] = [];
  const sendShare = async (share: number): Promise<void> => {
    // One buffer per association: each answer is awaited, so the UID in it can be changed for the next instance.
    const dataSet = dataSetOf(kind, run);
    const at = dataSet.indexOf(uidOf(run, 0));
    const titles = { callingAETitle: 'BENCH', calledAETitle };
    const association = await openAssociation({ host: '127.0.0.1', port, contexts, ...titles });
    for (let i = share; i < instances; i += associations) {
      const sopInstanceUID = uidOf(run, i);
      dataSet.write(sopInstanceUID, at, 'latin1');
      const startedAt = performance.now();
      const { status } = await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
      answersMs.push(performance.now() - startedAt);
      if (status !== Status.Success) throw new Error(`the peer answered 0x${status.toString(16)}`);
    }
    await association.release();
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: associations }, (_, share) => sendShare(share)));
  const elapsedMs = performance.now() - startedAt;
  answersMs.sort((a, b) => a - b);
  const rank = (share: number): number => answersMs[Math.floor(share * (answersMs.length - 1))] ?? 0;
  return { elapsedMs, p50Ms: rank(0.5), p99Ms: rank(0.99) };
}

/** Always as long, so that it can be written over in place. */
function uidOf(run: string, index: number): UID {
  return `2.25.1${run}${String(index).padStart(9, '0')}` as UID;
}

function dataSetOf(kind: 'ct' | 'mr', run: string): Buffer {
  const rows = SIZE[kind];
  const file = encodePart10(
    {
      SOPClassUID: SOP_CLASS[kind],
      SOPInstanceUID: uidOf(run, 0),
      StudyInstanceUID: deriveUid('bench', run),
      SeriesInstanceUID: deriveUid('bench', run, 'series'),
      PatientName: 'Bench^Ingest',
      PatientID: 'BENCH',
      StudyDate: '20260101',
      StudyTime: '120000',
      Modality: kind.toUpperCase(),
      SeriesNumber: 1,
      InstanceNumber: 1,
      ImagePositionPatient: [0, 0, 0],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      PixelSpacing: [0.5, 0.5],
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: rows,
      Columns: rows,
      BitsAllocated: 16,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 0,
      PixelData: Uint16Array.from({ length: rows * rows }, (_, i) => (i * 37) % 4096),
    },
    TransferSyntax.ExplicitVRLittleEndian,
  );
  return Buffer.from(file.subarray(readFileMeta(file).dataSetOffset));
}

process.once('message', (order) => {
  send(order as SendOrder).then(
    (result) => process.send?.(result, () => process.disconnect()),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  );
});
