import { Controller, Get, Inject, Module, NotFoundException, type OnApplicationShutdown } from '@nestjs/common';
import { createLogger } from '../log/logger';
import { Health } from '../health/health';
import { Metrics } from '../metrics/metrics';
import { type RunningApplication, startApplication } from './run-application';

const ended: string[] = [];

@Controller('test')
class TestController implements OnApplicationShutdown {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Metrics) metrics: Metrics,
  ) {
    metrics.counter({ name: 'endplate_test_total', help: 'Test.', labels: ['kind'] }).inc({ kind: 'a' }, 3);
  }

  @Get('full')
  full(): never {
    throw Object.assign(new Error('No room.'), { code: 'STORE_FULL', retryable: true });
  }

  @Get('busy')
  busy(): never {
    throw Object.assign(new Error('Away.'), { code: 'STORE_UNAVAILABLE', retryable: true });
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException('No such study.');
  }

  @Get('bug')
  bug(): never {
    throw new Error('DOE^JANE is not iterable');
  }

  @Get('sick')
  sick(): void {
    this.health.addReadiness('x', () => Promise.reject(new Error('x')));
  }

  onApplicationShutdown(): void {
    ended.push('ended');
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

let running: RunningApplication;
const lines: string[] = [];
beforeAll(async () => {
  const logger = createLogger({ app: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } });
  const http = { host: '127.0.0.1', port: 0 };
  running = await startApplication({
    app: 'test',
    logLevel: 'info',
    logger,
    modules: [TestModule],
    http,
    processMetrics: false,
  });
});
afterAll(() => running.close());

const get = (path: string) => fetch(`${running.httpUrl}${path}`);

describe('startApplication', () => {
  it.each([
    ['/test/full', 507, { type: 'urn:endplate:error:STORE_FULL', detail: 'No room.', code: 'STORE_FULL' }],
    ['/test/busy', 503, { code: 'STORE_UNAVAILABLE' }],
    ['/test/missing', 404, { detail: 'No such study.' }],
    ['/nowhere', 404, {}],
    ['/test/bug', 500, { title: 'Internal Server Error' }],
  ])('answers %s as problem+json with %i', async (path, status, body) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status, ...body });
    expect(text).not.toContain('DOE');
    expect(lines.join()).not.toContain('DOE');
  });

  it('logs where an unforeseen error came from and which of ours it was', async () => {
    lines.length = 0;
    await get('/test/bug');
    await get('/test/busy');
    const errors = lines.map((line) => (JSON.parse(line) as { error?: unknown }).error);
    expect(errors).toEqual([
      expect.objectContaining({ name: 'Error', stack: expect.any(Array) as unknown }),
      expect.objectContaining({ code: 'STORE_UNAVAILABLE', message: 'Away.' }),
    ]);
  });

  it('exposes metrics and probes', async () => {
    expect(await (await get('/metrics')).text()).toContain('endplate_test_total{kind="a"} 3');
    expect((await get('/livez')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    await get('/test/sick');
    expect((await get('/readyz')).status).toBe(503);
  });

  it('runs the shutdown hooks once, however often it is closed', async () => {
    await Promise.all([running.close(), running.close()]);
    expect(ended).toEqual(['ended']);
  });
});
