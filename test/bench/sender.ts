import { randomInt } from 'node:crypto';
import { TransferSyntax } from '@endplate/dicom';
import { Status } from '@endplate/dimse';
import { type InstanceKind, instanceMaker, SOP_CLASS } from './instance-maker';
import { PreparedAssociation } from './prepared-association';

/** What one sender is to do; it comes by IPC. */
export interface SendOrder {
  readonly port: number;
  readonly calledAETitle: string;
  readonly kind: InstanceKind;
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

/** Sends the order's instances, each new to the peer; every answer must be success. */
async function send({ port, calledAETitle, kind, instances, associations }: SendOrder): Promise<SendResult> {
  const run = String(randomInt(10 ** 9, 10 ** 10));
  const sopClassUID = SOP_CLASS[kind];
  const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
  const answersMs: number[] = [];
  const sendShare = async (share: number): Promise<void> => {
    const make = instanceMaker(kind, run);
    const titles = { callingAETitle: 'BENCH', calledAETitle };
    const association = await PreparedAssociation.open({ port, ...titles, sopClassUID, transferSyntaxUID, ...make(0) });
    for (let i = share; i < instances; i += associations) {
      const { sopInstanceUID } = make(i);
      const startedAt = performance.now();
      const status = await association.store(sopInstanceUID);
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

process.once('message', (order) => {
  send(order as SendOrder).then(
    (result) => process.send?.(result, () => process.disconnect()),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  );
});
