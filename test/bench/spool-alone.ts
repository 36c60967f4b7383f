import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Spool } from '@endplate/store';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { type InstanceKind, instanceMaker } from './instance-maker';

const MIB = 1024 ** 2;
const READY_BYTES = 512 * MIB;
const SEGMENT_BYTES = 64 * MIB;
/** Bytes that the listener reads at most in one go. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Instances/s that become durable in a spool without sender, protocol and scan: what checksum and disk allow.
 * @param writers - As many as there are associations; each begins its next instance when the one before is durable.
 */
export async function spoolAlone(kind: InstanceKind, instances: number, writers: number): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-bench-alone-'));
  const deliver = (): Promise<void> => Promise.resolve();
  // Nothing is delivered while somebody appends.
  const spool = await Spool.open({ folder, maxBytes: 16 * READY_BYTES, segmentBytes: SEGMENT_BYTES, spareBytes: READY_BYTES, yieldMs: 60_000, maxYieldMs: 600_000, deliver }); // prettier-ignore
  try {
    const isReady = (): Promise<true | undefined> =>
      Promise.resolve(spool.state.spares >= READY_BYTES / SEGMENT_BYTES ? true : undefined);
    await waitUntil('segment files are ready', isReady, { timeoutMs: 120_000 });
    const { sopInstanceUID, dataSet } = instanceMaker(kind, 'alone')(0);
    const chunks: Buffer[] = [];
    for (let at = 0; at < dataSet.length; at += CHUNK_BYTES) chunks.push(dataSet.subarray(at, at + CHUNK_BYTES));
    const info = Buffer.from(sopInstanceUID);
    let left = instances;
    const appendShare = async (): Promise<void> => {
      while (left-- > 0) await spool.append(info, chunks);
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: writers }, appendShare));
    return (1000 * instances) / (performance.now() - startedAt);
  } finally {
    await spool.close();
    await rm(folder, { recursive: true, force: true });
  }
}
