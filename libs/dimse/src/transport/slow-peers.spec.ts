import { connect, type Socket } from 'node:net';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { encodePdu } from '../pdu/encode-pdu';
import { encodePData } from '../pdu/p-data';
import { DICOM_APPLICATION_CONTEXT } from '../pdu/pdu';
import { CollectingStore } from '../testing/collecting-store';
import { RunningServer } from '../testing/running-server';

const ECHO = {
  abstractSyntax: SopClass.VerificationSOPClass,
  transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian],
};
const REQUEST = encodePdu({
  kind: 'associate-rq',
  protocolVersion: 1,
  calledAETitle: 'ENDPLATE',
  callingAETitle: 'SLOW',
  applicationContextName: DICOM_APPLICATION_CONTEXT,
  presentationContexts: [{ id: 1, ...ECHO }],
  userInformation: {
    maximumLength: 16_384,
    implementationClassUID: '1.2.3',
    roleSelections: [],
    extendedNegotiations: [],
  },
});
const nothing = Buffer.alloc(0);
/** A command that is one PDU. */
const LONG_PDU = encodePData(1, true, Buffer.alloc(3000), 4000);

let running: RunningServer;
const sockets: Socket[] = [];
beforeEach(async () => {
  const bounds = { artimMs: 200, idleMs: 200, pduMs: 200, maxAssociations: 4 };
  running = await RunningServer.start({ services: { store: new CollectingStore() }, ...bounds });
});
afterEach(async () => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  await running.server.close({ drainMs: 0 });
});

/** What a peer does: associates or not, sends bytes at once, then others one at a time and is never silent for long. */
interface Slow {
  readonly associates?: true;
  readonly atOnce?: Buffer;
  readonly slowly?: Buffer;
}

/** Resolves when the server has ended it. */
async function played({ associates, atOnce = nothing, slowly = nothing }: Slow): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: running.port, noDelay: true });
  sockets.push(socket);
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  if (associates) {
    const answered = new Promise((resolve) => socket.once('data', resolve));
    socket.write(REQUEST);
    await answered;
  }
  socket.resume();
  socket.write(atOnce);
  let at = 0;
  const timer = setInterval(() => {
    if (at < slowly.length) socket.write(slowly.subarray(at, (at += 1)));
  }, 20);
  await closed;
  clearInterval(timer);
}

/** The server hears of the end of a connection a little later than its peer, or the other way round. */
async function nobodyLeft(): Promise<void> {
  while (running.server.openConnections > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('peers that are slow on purpose', () => {
  it.each<[string, Slow]>([
    ['connects and says nothing', {}],
    ['begins a request and says nothing more', { atOnce: REQUEST.subarray(0, 30) }],
    ['sends a request byte by byte', { slowly: REQUEST }],
    ['associates and says nothing', { associates: true }],
    ['associates and sends a PDU byte by byte', { associates: true, slowly: LONG_PDU }],
    [
      'associates, sends most of a PDU, and the rest byte by byte',
      { associates: true, atOnce: LONG_PDU.subarray(0, 2000), slowly: LONG_PDU.subarray(2000) },
    ],
  ])('one that %s is ended', async (_what, slow) => {
    await played(slow);
    await nobodyLeft();
    if (slow.associates) expect((await running.event('association-ended')).end).toBe('timed-out');
  });

  it('do not keep others out for longer than they last', async () => {
    const all = [{ slowly: REQUEST }, { associates: true, slowly: LONG_PDU }, {}, { associates: true }] as const;
    await Promise.all(all.map(played));
    const association = await running.call([ECHO]);
    expect(await association.echo()).toEqual({ status: 0 });
    await association.release();
  });

  it('one that closes its side in the middle of a PDU leaves nothing open', async () => {
    const socket = connect({ host: '127.0.0.1', port: running.port, allowHalfOpen: true });
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.once('end', () => socket.end());
    socket.write(Buffer.concat([REQUEST, LONG_PDU.subarray(0, 1000)]));
    await running.event('association-accepted');
    socket.end();
    await closed;
    expect((await running.event('association-ended')).end).toBe('connection-lost');
    await nobodyLeft();
  });
});
