import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { HttpPeer } from '../http/http-peer';
import { findByQido } from './qido';

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: string[];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => void (asked = []));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const OBJECTS = [
  { name: 'sr', seriesInstanceUID: '1.2', sopInstanceUID: '1.2.3' },
  { name: 'sc', seriesInstanceUID: '1.2', sopInstanceUID: '1.2.4' },
];
const find = (timeoutMs = 2000) =>
  findByQido(
    new HttpPeer('QIDO-RS', { connectTimeoutMs: timeoutMs, responseTimeoutMs: timeoutMs }),
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web/`,
    '1',
    OBJECTS,
  );
const says = (status: number, body = '', headers: Record<string, string> = {}) => {
  answer = (_, response) => void response.writeHead(status, headers).end(body);
};
const instance = (uid: string) => JSON.stringify([{ '00080018': { vr: 'UI', Value: [uid] } }]);

describe('findByQido', () => {
  it('asks for each object and finds those that the answer names', async () => {
    says(200, instance('1.2.3'));
    await expect(find()).resolves.toEqual(new Set(['sr']));
    expect(asked).toEqual([
      '/dicom-web/studies/1/series/1.2/instances?SOPInstanceUID=1.2.3&limit=2',
      '/dicom-web/studies/1/series/1.2/instances?SOPInstanceUID=1.2.4&limit=2',
    ]);
  });

  it.each([
    ['no content', 204, ''],
    ['no such study', 404, ''],
    ['an empty list', 200, '[]'],
    ['another form', 200, '{"a":1}'],
    ['items without a UID', 200, '[null, {}, {"00080018":{"Value":"1.2.3"}}]'],
  ])('finds nothing in %s', async (_, status, body) => {
    says(status, body);
    await expect(find()).resolves.toEqual(new Set());
  });

  it.each([
    ['is not JSON', 200, '<html>', {}],
    ['is a failure of the server', 503, '', {}],
    ['sends us elsewhere', 302, '', { Location: 'http://127.0.0.1:9/' }],
    ['never ends', 200, `["${'x'.repeat(2 * 1024 ** 2)}"]`, {}],
  ])('tries again later when the answer %s', async (_, status, body, headers) => {
    says(status, body, headers as Record<string, string>);
    await expect(find()).rejects.toMatchObject({ code: 'NOTIFIER_QIDO_FAILED', retryable: true });
  });

  it('does not wait for ever', async () => {
    answer = () => undefined;
    await expect(find(50)).rejects.toMatchObject({ code: 'NOTIFIER_QIDO_FAILED', retryable: true });
  });

  it('does not ask again where it is not let in', async () => {
    says(403);
    await expect(find()).rejects.toMatchObject({ code: 'NOTIFIER_QIDO_REFUSED', retryable: false });
  });
});
