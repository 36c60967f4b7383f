import { encodeDataSet, SopClass, TransferSyntax } from '@endplate/dicom';
import { DimseServer } from '../transport/dimse-server';
import { openAssociation } from '../transport/open-association';
import { ServiceFailure } from '../errors';
import { Status } from '../message/status';
import type { EventReporter } from './event-reporter';
import type { EventReport } from './event-report';
import type { NormalisedHandler, NormalisedRequest } from './normalised-operation';

const STEP = SopClass.ModalityPerformedProcedureStep;
const OTHER = SopClass.InstanceAvailabilityNotification;
const SYNTAX = TransferSyntax.ImplicitVRLittleEndian;
const dataSet = encodeDataSet({ PerformedProcedureStepStatus: 'IN PROGRESS' }, SYNTAX);

let server: DimseServer;
let requests: NormalisedRequest[];
afterEach(() => server.close({ drainMs: 0 }));

async function associate(handler: NormalisedHandler, options: { events?: EventReport[]; answer?: number } = {}) {
  requests = [];
  const contexts = [STEP, OTHER].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [SYNTAX] }));
  server = new DimseServer({
    accept: () => ({ kind: 'accept', contexts }),
    services: {
      normalised: {
        [STEP]: (request) => {
          requests.push(request);
          return handler(request);
        },
      },
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return openAssociation({
    host: '127.0.0.1',
    port,
    callingAETitle: 'CT1',
    calledAETitle: 'ENDPLATE',
    contexts,
    eventReport: (report) => {
      options.events?.push(report);
      return { status: options.answer ?? Status.Success };
    },
  });
}

const one = { sopClassUID: STEP, sopInstanceUID: '1.2.3', dataSet };

describe('N-CREATE, N-SET, N-ACTION as SCP', () => {
  it('hands each to the handler of its SOP class', async () => {
    const association = await associate(() => ({ status: Status.Success }));
    expect(await association.create(one)).toEqual({ status: 0 });
    expect(await association.set(one)).toEqual({ status: 0 });
    expect(await association.action({ ...one, actionTypeID: 7 })).toEqual({ status: 0 });
    expect(requests.map(({ operation }) => operation)).toEqual(['create', 'set', 'action']);
    expect(requests[2]).toMatchObject({ sopInstanceUID: '1.2.3', actionTypeID: 7, transferSyntaxUID: SYNTAX, dataSet });
    await association.release();
  });

  it('answers what the handler throws, and goes on', async () => {
    const association = await associate(() => {
      throw new ServiceFailure(Status.NoSuchSOPInstance, 'not known');
    });
    expect(await association.set(one)).toEqual({ status: 0x0112, errorComment: 'not known' });
    expect(await association.create({ ...one, sopInstanceUID: '1.02' })).toMatchObject({ status: 0x0117 });
    expect(await association.create({ ...one, sopClassUID: OTHER })).toMatchObject({ status: 0x0211 });
    await association.release();
  });

  it('refuses a dataset over 4 MiB without holding it', async () => {
    const association = await associate(() => ({ status: Status.Success }));
    expect(await association.set({ ...one, dataSet: Buffer.alloc(5 * 1024 ** 2) })).toMatchObject({ status: 0x0213 });
    expect(requests).toEqual([]);
    await association.release();
  });

  it('reports an event on the same association after the answer', async () => {
    const events: EventReport[] = [];
    let reporter: EventReporter | undefined;
    const association = await associate((request) => ((reporter = request.reporter), { status: 0 }), {
      events,
      answer: 0x0110,
    });
    await association.action({ ...one, actionTypeID: 1 });
    const event = { ...one, eventTypeID: 2 };
    expect(await reporter!.report(event, 20_000)).toEqual({ status: 0x0110 });
    expect(events).toMatchObject([{ sopClassUID: STEP, sopInstanceUID: '1.2.3', eventTypeID: 2, dataSet }]);
    await expect(reporter!.report({ ...event, sopClassUID: '1.2' }, 20_000)).rejects.toMatchObject({ code: 'DIMSE_CONTEXT_REFUSED' }); // prettier-ignore
    await association.release();
    expect(reporter!.open).toBe(false);
    await expect(reporter!.report(event, 20_000)).rejects.toMatchObject({ code: 'DIMSE_ASSOCIATION_ABORTED' });
  });
});
