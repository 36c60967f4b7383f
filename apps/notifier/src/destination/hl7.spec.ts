import { hl7DestinationSchema } from '@endplate/platform';
import { parseObjectKey, reportsPrefix } from '@endplate/store';
import { type DeliveryRecord } from '@endplate/studies';
import { certificates } from '../fixture/certificates';
import { runDelivery } from '../fixture/delivery-run';
import { acknowledgement, block, SmallReceiver } from '../fixture/small-receiver';
import { storedReports, type StoredReports, storeMessages } from '../fixture/stored-reports';

const MESSAGE =
  'MSH|^~\\&|ENDPLATE||HIS||20261123110000||ORU^R01^ORU_R01|EP-4711|P|2.5.1\rPID|||4711\rOBX|1|ST|A||Straße\r';

let receiver: SmallReceiver;
let reports: StoredReports;

beforeEach(async () => {
  [receiver, reports] = await Promise.all([SmallReceiver.start(), storedReports()]);
  await put(MESSAGE);
});
afterEach(() => Promise.all([receiver.stop(), reports.remove()]));

const put = (message: string) =>
  reports.store.put(
    parseObjectKey(`${reportsPrefix(reports.name.studyInstanceUID, 1)}report.hl7`),
    Buffer.from(message, 'utf8'),
  );
const run = (change: object = {}): Promise<DeliveryRecord> =>
  runDelivery(
    reports,
    hl7DestinationSchema.parse({
      ...{ name: 'his', kind: 'hl7', host: '127.0.0.1', port: receiver.port },
      ...{ connectTimeoutMs: 300, responseTimeoutMs: 300 },
      ...change,
    }),
  );

describe('an HL7 destination', () => {
  it('ends with the acknowledgement of that message, and names the rungs beyond it as out of reach', async () => {
    const record = await run();
    expect(record).toMatchObject({
      state: 'acknowledged',
      objects: [{ name: 'report.hl7', answer: 'AA', accepted: true, readBack: false }],
      outOfReach: [{ rung: 'committed' }, { rung: 'read-back' }],
    });
    expect(record.rungs.map(({ rung }) => rung)).toEqual(['rendered', 'validated', 'sent']);
    expect(Buffer.from(receiver.messages[0]!, 'latin1').toString('utf8')).toBe(MESSAGE);
  });

  it('takes what our own report is rendered to, under the same control id each time', async () => {
    await storeMessages(reports);
    expect(await run()).toMatchObject({ state: 'acknowledged' });
    expect(await run({ name: 'again' })).toMatchObject({ state: 'acknowledged' });
    expect(receiver.messages).toHaveLength(2);
    expect(receiver.messages[1]).toBe(receiver.messages[0]);
  });

  it.each([
    ['CA', undefined, 'acknowledged', undefined],
    ['AE', undefined, 'dead-letter', 'REFUSED'],
    ['AE', '101', 'dead-letter', 'REFUSED'],
    ['AE', '207', 'waiting', 'NOTIFIER_STORE_STATUS'],
    ['AE', '206', 'waiting', 'NOTIFIER_STORE_STATUS'],
    ['AR', undefined, 'waiting', 'NOTIFIER_STORE_STATUS'],
    ['AR', '200', 'dead-letter', 'REFUSED'],
    ['CR', '203', 'dead-letter', 'REFUSED'],
  ])('ends %s with error %s as %s', async (code, error, state, reason) => {
    receiver.reply = (controlId) => block(acknowledgement(code, controlId, error));
    const record = await run();
    expect(record.state).toBe(state);
    expect(record.reason?.code).toBe(reason);
    expect(JSON.stringify(record)).not.toContain('Muster');
  });

  it('passes over what acknowledges another message, and bytes between blocks', async () => {
    receiver.reply = (controlId) =>
      `noise${block(acknowledgement('AR', 'EP-0815'))}\r\n${block('MSH|no answer')}${block(acknowledgement('AA', controlId))}`;
    expect(await run()).toMatchObject({ state: 'acknowledged', objects: [{ answer: 'AA' }] });
  });

  it.each([
    ['acknowledges another message alone', () => block(acknowledgement('AA', 'EP-0815'))],
    ['says nothing', () => undefined],
    ['never ends its answer', () => `\x0b${'x'.repeat(200_000)}`],
  ])('waits where the receiver %s', async (_, reply) => {
    receiver.reply = reply;
    expect(await run()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_HL7_FAILED' } });
  });

  it('waits where the receiver closes the connection, or is not there', async () => {
    receiver.closes = true;
    expect(await run()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_HL7_FAILED' } });
    const { port } = receiver;
    await receiver.stop();
    expect(await run({ port })).toMatchObject({ state: 'waiting', attempts: 2 });
    receiver = await SmallReceiver.start();
    expect(await run()).toMatchObject({ state: 'acknowledged', attempts: 3 });
  });

  it('sends nothing that would break the framing', async () => {
    await put(`${MESSAGE}OBX|2|ST|B||\x1c\r`);
    expect(await run()).toMatchObject({ state: 'dead-letter', reason: { code: 'REFUSED' } });
    expect(receiver.messages).toEqual([]);
  });

  it('goes over TLS to a receiver that it knows, and to no other', async () => {
    const tls = await certificates();
    const { cert, key } = tls.server;
    const safe = await SmallReceiver.start({ cert, key });
    const known = { caFile: tls.caFile, serverName: 'pacs.test' };
    expect(await run({ port: safe.port, tls: known })).toMatchObject({ state: 'acknowledged' });
    const wrong = { ...known, caFile: tls.stranger.certFile };
    expect(await run({ name: 'other', port: safe.port, tls: wrong })).toMatchObject({ state: 'waiting' });
    expect(safe.messages).toHaveLength(1);
    await Promise.all([safe.stop(), tls.remove()]);
  });
});
