import { randomBytes } from 'node:crypto';
import { deriveUid, SopClass, TransferSyntax } from '@endplate/dicom';
import { ServiceFailure } from '../errors';
import { Status } from '../message/status';
import { CollectingStore, sha256 } from '../testing/collecting-store';
import { RunningServer } from '../testing/running-server';

const ECHO = {
  abstractSyntax: SopClass.VerificationSOPClass,
  transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian],
};
const CT = { abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian] };

function instance(name: string, dataSet: Buffer | AsyncIterable<Buffer>) {
  return {
    sopClassUID: SopClass.CTImageStorage,
    sopInstanceUID: deriveUid('spec', name),
    transferSyntaxUID: TransferSyntax.ExplicitVRLittleEndian,
    dataSet,
  };
}

const fail = (): never => {
  throw new ServiceFailure(Status.OutOfResources, 'disk full');
};

const running: RunningServer[] = [];

async function start(...args: Parameters<typeof RunningServer.start>): Promise<RunningServer> {
  const server = await RunningServer.start(...args);
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ server }) => server.close({ drainMs: 0 })));
});

describe('DimseServer and openAssociation', () => {
  it('answers C-ECHO and releases', async () => {
    const server = await start();
    const association = await server.call([ECHO]);
    expect(await association.echo()).toEqual({ status: Status.Success });
    await association.release();
    expect((await server.event('association-ended')).end).toBe('released');
  });

  it.each([0, 1, 2, 4095, 4096, 4097, 262_144 - 6, 262_144, 1_000_001])(
    'stores a dataset of %i bytes unchanged',
    async (length) => {
      const store = new CollectingStore();
      const server = await start({ services: { store } });
      const association = await server.call([CT]);
      const dataSet = randomBytes(length);
      expect(await association.store(instance('whole', dataSet))).toEqual({ status: Status.Success });
      await association.release();
      expect(store.instances.map(({ bytes }) => sha256(bytes))).toEqual([sha256(dataSet)]);
    },
  );

  it.each([8, 16_384, 0])('fragments for a peer whose maximum length is %i', async (maxPduLength) => {
    const store = new CollectingStore();
    const server = await start({ services: { store }, maxPduLength });
    const association = await server.call([CT]);
    const dataSet = randomBytes(maxPduLength === 8 ? 301 : 100_001);
    const chunks = (async function* () {
      for (let at = 0; at < dataSet.length; at += 777) yield dataSet.subarray(at, at + 777);
    })();
    expect((await association.store(instance('streamed', chunks))).status).toBe(Status.Success);
    expect((await association.store(instance('whole', dataSet))).status).toBe(Status.Success);
    await association.release();
    expect(store.instances.map(({ bytes }) => sha256(bytes))).toEqual([sha256(dataSet), sha256(dataSet)]);
  });

  it.each([
    ['begin', (store: CollectingStore) => (store.begin = fail)],
    ['the first write', (store: CollectingStore) => (store.onWrite = fail)],
    ['a later promise', (store: CollectingStore) => (store.onWrite = () => Promise.resolve().then(fail))],
    ['end', (store: CollectingStore) => (store.onEnd = fail)],
  ])('answers the failure of %s and keeps the association', async (_where, breakIt) => {
    const store = new CollectingStore();
    const server = await start({ services: { store } });
    const association = await server.call([CT]);
    const working = { begin: store.begin, onWrite: store.onWrite, onEnd: store.onEnd };
    breakIt(store);
    const failed = await association.store(instance('failing', randomBytes(600_000)));
    expect(failed).toEqual({ status: 0xa700, errorComment: 'disk full' });
    expect(store.instances).toHaveLength(0);
    Object.assign(store, working);
    expect((await association.store(instance('good', randomBytes(600_000)))).status).toBe(Status.Success);
    await association.release();
  });

  it('tells the peer nothing of an error that is not meant for it', async () => {
    const store = new CollectingStore();
    store.onEnd = () => { throw new Error('EACCES /var/lib/DOE^JANE'); }; // prettier-ignore
    const server = await start({ services: { store } });
    const association = await server.call([CT]);
    const status = await association.store(instance('secret', randomBytes(10)));
    expect(status).toEqual({ status: Status.ProcessingFailure, errorComment: 'Processing failure' });
    expect((await server.event('handler-failed')).error).toMatchObject({ message: 'EACCES /var/lib/DOE^JANE' });
    expect(store.aborts).toEqual(['failed']);
    await association.release();
  });

  it('refuses UIDs that break PS3.5 9.1 and a SOP class that is not that of the context', async () => {
    const store = new CollectingStore();
    const server = await start({ services: { store } });
    const association = await server.call([CT]);
    const bad = { ...instance('x', randomBytes(100)), sopInstanceUID: '../../etc/passwd' };
    expect((await association.store(bad)).status).toBe(Status.InvalidSOPInstance);
    expect((await association.store({ ...bad, sopInstanceUID: '1.2.03' })).status).toBe(Status.InvalidSOPInstance);
    expect((await association.store(instance('y', randomBytes(100)))).status).toBe(Status.Success);
    expect(store.instances).toHaveLength(1);
    await association.release();
  });

  it('holds the peer back while the sink is busy', async () => {
    const store = new CollectingStore();
    const server = await start({ services: { store } });
    let sent = 0;
    let received = 0;
    let ahead = 0;
    store.onWrite = async (chunk) => {
      received += chunk.length;
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      ahead = Math.max(ahead, sent - received);
    };
    const piece = randomBytes(1 << 20);
    const source = (async function* () {
      for (let i = 0; i < 64; i += 1, sent += piece.length) yield piece;
    })();
    const association = await server.call([CT]);
    expect((await association.store(instance('large', source))).status).toBe(Status.Success);
    expect(received).toBe(64 << 20);
    // What lies between is the kernel's socket buffers and one read-ahead: without backpressure it is nearly all.
    expect(ahead).toBeLessThan(24 << 20);
    await association.release();
  });
});
