import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeDataSet, parseDataSet, readPart10, SopClass, Tag, TransferSyntax } from '@endplate/dicom';
import { Status } from '../message/status';
import { CollectingStore } from '../testing/collecting-store';
import { ctFile } from '../testing/ct-file';
import { freePort, hasDcmtk, run, startProgram } from '../testing/dcmtk';
import { OPEN_POLICY, RunningServer } from '../testing/running-server';
import { openAssociation } from './open-association';

const installed = ['echoscu', 'storescu', 'storescp', 'dcmqrscp', 'dcmsend', 'findscu', 'dcmcjpeg'].every(hasDcmtk);
if (!installed) console.warn('dcmtk is not installed (apt-get install dcmtk): its interoperability specs are skipped.');

const TITLES = { callingAETitle: 'TESTER', calledAETitle: 'ENDPLATE' };
const EXPLICIT = TransferSyntax.ExplicitVRLittleEndian;

(installed ? describe : describe.skip)('interoperability with dcmtk', () => {
  let folder = '';
  const servers: RunningServer[] = [];
  const children: ChildProcess[] = [];

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'dimse-'))));
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(({ server }) => server.close({ drainMs: 0 })));
    await Promise.all(children.splice(0).map(async (child) => { child.kill(); await once(child, 'close'); })); // prettier-ignore
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (options: Parameters<typeof RunningServer.start>[0]) => {
    const server = await RunningServer.start(options);
    servers.push(server);
    return server;
  };
  const file = (name: string, bytes = ctFile(name)) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it('answers echoscu, 128 presentation contexts included', async () => {
    const server = await start({});
    const call = (...args: string[]) => run('echoscu', [...args, '-v', '127.0.0.1', String(server.port)]);
    expect(await call()).toMatchObject({ exitCode: 0 });
    expect(await call('-ppc', '128')).toMatchObject({ exitCode: 0 });
    expect(server.events.filter((e) => e.kind === 'echo')).toHaveLength(2);
  });

  it.each([
    ['called AE title', { calledAETitles: ['OTHER'] }, 'Called AE Title Not Recognized'],
    ['calling AE title', { callingAETitles: ['OTHER'] }, 'Calling AE Title Not Recognized'],
  ])('rejects an unknown %s with the reason dcmtk prints', async (_what, titles, printed) => {
    const server = await start({ accept: () => ({ ...OPEN_POLICY, ...titles }) });
    const { exitCode, output } = await run('echoscu', ['-v', '127.0.0.1', String(server.port)]);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(printed);
  });

  it.each([
    ['-xe', EXPLICIT, ['dcmconv', '+te']],
    ['-xi', TransferSyntax.ImplicitVRLittleEndian, ['dcmconv', '+ti']],
    ['-xb', TransferSyntax.ExplicitVRBigEndian, ['dcmconv', '+tb']],
    ['-xd', TransferSyntax.DeflatedExplicitVRLittleEndian, ['dcmconv', '+td']],
    ['-xs', TransferSyntax.JPEGLosslessSV1, ['dcmcjpeg', '+e1']],
    ['-xx', TransferSyntax.JPEGExtended12Bit, ['dcmcjpeg', '+ee']],
    ['-xt', TransferSyntax.JPEGLSLossless, ['dcmcjpls', '+el']],
    ['-xr', TransferSyntax.RLELossless, ['dcmcrle']],
  ])('takes what storescu %s sends as it comes', async (option, transferSyntax, [program = '', ...args]) => {
    const store = new CollectingStore();
    const server = await start({ services: { store } });
    const source = file(`ct${option}.dcm`);
    const encoded = join(folder, `encoded${option}.dcm`);
    expect(await run(program, [...args, source, encoded])).toMatchObject({ exitCode: 0 });
    const sent = await run('storescu', [option, '-R', '127.0.0.1', String(server.port), encoded]);
    expect(sent).toEqual({ exitCode: 0, output: '' });
    const [got] = store.instances;
    expect(got?.request.presentationContext.transferSyntax).toBe(transferSyntax);
    const received = parseDataSet(got?.bytes ?? Buffer.alloc(0), transferSyntax);
    const original = readPart10(readFileSync(encoded)).dataSet;
    expect(received.string(Tag.SOPInstanceUID)).toBe(got?.request.affectedSOPInstanceUID);
    expect(received.pixelData()).toEqual(original.pixelData());
  });

  it('takes many instances over several associations of dcmsend', async () => {
    const store = new CollectingStore();
    const server = await start({ services: { store } });
    const many = join(folder, 'many');
    mkdirSync(many);
    for (let i = 0; i < 20; i += 1) writeFileSync(join(many, `${i}.dcm`), ctFile(`many ${i}`));
    const send = () => run('dcmsend', ['+sd', '127.0.0.1', String(server.port), many]);
    expect((await Promise.all([send(), send(), send()])).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(store.instances).toHaveLength(60);
    expect(new Set(store.instances.map(({ request }) => request.affectedSOPInstanceUID)).size).toBe(20);
  });

  it('answers a failure that storescu reports, and the association goes on', async () => {
    const store = new CollectingStore();
    let first = true;
    store.onEnd = () => {
      const status = first ? { status: Status.OutOfResources, errorComment: 'no room' } : { status: Status.Success };
      first = false;
      return status;
    };
    const server = await start({ services: { store } });
    const files = [file('one.dcm'), file('two.dcm')];
    const { output } = await run('storescu', ['-v', '-nh', '127.0.0.1', String(server.port), ...files]);
    expect(output).toContain('Refused: OutOfResources');
    expect(output).toContain('Received Store Response (Success)');
    expect((await server.event('association-ended')).end).toBe('released');
  });

  it('survives the abort of storescu', async () => {
    const server = await start({ services: { store: new CollectingStore() } });
    await run('storescu', ['--abort', '127.0.0.1', String(server.port), file('abort.dcm')]);
    expect((await server.event('association-ended')).end).toBe('aborted-by-peer');
  });

  it('answers findscu with the matches of a handler', async () => {
    const match = { QueryRetrieveLevel: 'STUDY', PatientID: 'SPEC', StudyInstanceUID: '1.2.3' };
    let asked: string | undefined;
    const server = await start({
      services: {
        find: {
          async *find({ identifier, presentationContext }) {
            asked = parseDataSet(identifier, presentationContext.transferSyntax).string(Tag.PatientID);
            for (let i = 0; i < 3; i += 1)
              yield encodeDataSet(match, presentationContext.transferSyntax as typeof EXPLICIT);
          },
        },
      },
    });
    const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', 'PatientID=SPEC', '-k', 'StudyInstanceUID'];
    const { exitCode, output } = await run('findscu', ['-v', '-S', ...keys, '127.0.0.1', String(server.port)]);
    expect(exitCode).toBe(0);
    expect(asked).toBe('SPEC');
    expect(output.match(/Find Response: \d \(Pending\)/g)).toHaveLength(3);
    expect(output).toContain('Received Final Find Response (Success)');
  });

  it('sends to storescp, which writes the same pixels', async () => {
    const port = await freePort();
    const out = join(folder, 'scp');
    mkdirSync(out);
    children.push(
      await startProgram('storescp', ['-d', '-od', out, String(port)], /Command line|DcmDataDict|storescp/),
    );
    const { dataSet, dataSetOffset } = readPart10(ctFile('to storescp', 512));
    const bytes = ctFile('to storescp', 512).subarray(dataSetOffset);
    const contexts = [
      { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian] },
      { abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [EXPLICIT] },
    ];
    const association = await untilListening(() => openAssociation({ host: '127.0.0.1', port, contexts, ...TITLES }));
    expect(await association.echo()).toEqual({ status: Status.Success });
    const instance = { sopClassUID: SopClass.CTImageStorage, transferSyntaxUID: EXPLICIT, dataSet: bytes };
    const sopInstanceUID = dataSet.string(Tag.SOPInstanceUID) ?? '';
    expect((await association.store({ ...instance, sopInstanceUID })).status).toBe(Status.Success);
    await association.release();
    const [written = ''] = readdirSync(out);
    expect(readPart10(readFileSync(join(out, written))).dataSet.pixelData()).toEqual(dataSet.pixelData());
  });

  it('stores to dcmqrscp and finds the study there', async () => {
    const port = await freePort();
    const database = join(folder, 'qr');
    mkdirSync(database);
    const config = join(folder, 'dcmqrscp.cfg');
    writeFileSync(config, dcmqrscpConfig(port, database));
    children.push(await startProgram('dcmqrscp', ['-d', '-s', '-c', config], /dcmqrscp|ready|Config/i));
    const bytes = ctFile('to dcmqrscp');
    const { dataSet, dataSetOffset } = readPart10(bytes);
    const contexts = [
      { abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [EXPLICIT] },
      { abstractSyntax: SopClass.StudyRootFind, transferSyntaxes: [EXPLICIT] },
    ];
    const association = await untilListening(() => openAssociation({ host: '127.0.0.1', port, contexts, ...TITLES }));
    const instance = { sopClassUID: SopClass.CTImageStorage, transferSyntaxUID: EXPLICIT };
    const sopInstanceUID = dataSet.string(Tag.SOPInstanceUID) ?? '';
    const status = await association.store({ ...instance, sopInstanceUID, dataSet: bytes.subarray(dataSetOffset) });
    expect(status).toEqual({ status: Status.Success });
    const identifier = encodeDataSet(
      { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: null, PatientID: 'SPEC' },
      EXPLICIT,
    );
    const found: (string | undefined)[] = [];
    for await (const match of association.find(SopClass.StudyRootFind, identifier)) {
      found.push(parseDataSet(match, EXPLICIT).string(Tag.StudyInstanceUID));
    }
    expect(found).toEqual([dataSet.string(Tag.StudyInstanceUID)]);
    await association.release();
  });
});

/** Programs say nothing when they begin to listen: the first connection that is taken is the sign. */
async function untilListening<T>(open: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      const refused = (error as { code?: string }).code === 'DIMSE_CONNECT_FAILED';
      if (!refused || attempt > 2000) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function dcmqrscpConfig(port: number, database: string): string {
  return [
    `NetworkTCPPort = ${port}`,
    'MaxPDUSize = 16384',
    'MaxAssociations = 16',
    'HostTable BEGIN',
    'HostTable END',
    'VendorTable BEGIN',
    'VendorTable END',
    'AETable BEGIN',
    `ENDPLATE ${database} RW (200, 1024mb) ANY`,
    'AETable END',
    '',
  ].join('\n');
}
