/**
 * A receiver that takes C-STORE as the listener does and drops the bytes: no scan, no checksum, no disk, no study record.
 * It shows what sender, loopback and protocol leave of the machine. The port is its argument.
 * @packageDocumentation
 */
import { DimseServer, Status } from '@endplate/dimse';
import { OPEN_POLICY } from '../../libs/dimse/src/testing/running-server';

const sink = { write: () => undefined, end: () => ({ status: Status.Success }), abort: () => undefined };
const server = new DimseServer({ accept: () => OPEN_POLICY, services: { store: { begin: () => sink } } });
void server.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
process.once('SIGTERM', () => void server.close({ drainMs: 100 }).finally(() => process.exit()));
