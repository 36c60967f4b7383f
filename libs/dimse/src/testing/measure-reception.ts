/**
 * Measures reception without a disk: a child process sends CT instances of 525 KB over 1, 4 and 16 associations into a
 * sink that discards. After `npm run build`: `node dist/libs/dimse/src/testing/measure-reception.js [instances] [rounds]`.
 * @packageDocumentation
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { deriveUid, SopClass, TransferSyntax } from '@endplate/dicom';
import { Status } from '../message/status';
import { DimseServer } from '../transport/dimse-server';
import { openAssociation } from '../transport/open-association';
import { OPEN_POLICY } from './running-server';

/** Bytes of the dataset of one instance: 512 x 512 x 2 and a header. */
const DATA_SET_BYTES = 525_000;

async function send(port: number, instances: number, associations: number): Promise<void> {
  const dataSet = Buffer.alloc(DATA_SET_BYTES, 7);
  const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
  const sopClassUID = SopClass.CTImageStorage;
  const sendShare = async (share: number) => {
    const contexts = [{ abstractSyntax: sopClassUID, transferSyntaxes: [transferSyntaxUID] }];
    const titles = { callingAETitle: 'MEASURE', calledAETitle: 'ENDPLATE' };
    const association = await openAssociation({ host: '127.0.0.1', port, contexts, ...titles });
    for (let i = share; i < instances; i += associations) {
      const sopInstanceUID = deriveUid('measure', String(i));
      const { status } = await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
      if (status !== Status.Success) throw new Error(`status ${status}`);
    }
    await association.release();
  };
  await Promise.all(Array.from({ length: associations }, (_, share) => sendShare(share)));
}

async function measure(instances: number, rounds: number): Promise<void> {
  const write = async (): Promise<void> => undefined;
  const end = () => ({ status: Status.Success });
  const store = { begin: () => ({ write, end, abort: () => undefined }) };
  const server = new DimseServer({ accept: () => OPEN_POLICY, services: { store } });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  for (const associations of [1, 4, 16]) {
    const rates: number[] = [];
    const cpu = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) {
      const child = fork(__filename, ['send', String(port), String(instances), String(associations)]);
      const [elapsedMs] = (await once(child, 'message')) as [number];
      await once(child, 'exit');
      rates.push((1000 * instances) / elapsedMs);
    }
    const used = process.cpuUsage(cpu);
    const median = rates.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
    const cpuMs = (used.user + used.system) / 1000 / (rounds * instances);
    const rssMb = process.memoryUsage().rss / 1e6;
    process.stdout.write(`${associations} associations: ${median.toFixed(0)} instances/s, ${cpuMs.toFixed(2)} ms CPU each, RSS ${rssMb.toFixed(0)} MB\n`); // prettier-ignore
  }
  await server.close();
}

async function main([first = '1000', ...rest]: readonly string[]): Promise<void> {
  if (first !== 'send') return measure(Number(first), Number(rest[0] ?? 3));
  const [port = 0, instances = 0, associations = 1] = rest.map(Number);
  const startedAt = performance.now();
  await send(port, instances, associations);
  process.send?.(performance.now() - startedAt);
  process.disconnect?.();
}

if (require.main === module) void main(process.argv.slice(2));
