import { type StudyFindings } from '@endplate/findings';
import { createLogger, type RunningApplication, startApplication } from '@endplate/platform';
import { createQueues, type Queues } from '@endplate/queue';
import { findingsKey } from '@endplate/store';
import { digestInstances, type Manifest, Manifests, Timeline, type TimelineEvent } from '@endplate/studies';
import { startRedis, type TestRedis } from '../../../test/servers/redis';
import { storedVersion, type StoredVersion } from './fixture/stored-version';
import { parseWorkerConfig } from './worker.config';
import { WorkerModule } from './worker.module';

let redis: TestRedis;
let version: StoredVersion;
let app: RunningApplication;
let queues: Queues;
beforeAll(async () => {
  redis = await startRedis();
  version = await storedVersion([{ ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }]);
  const config = parseWorkerConfig({
    ENDPLATE_DATA_DIR: version.root,
    REDIS_URL: redis.url,
    ENDPLATE_HTTP_PORT: '0',
    ENDPLATE_ONNX_THREADS: '1',
  });
  app = await startApplication({
    app: 'worker',
    logLevel: 'silent',
    logger: createLogger({ app: 'worker', level: 'silent' }),
    modules: [WorkerModule.register(config)],
    http: config.http,
    processMetrics: false,
  });
  queues = createQueues({ url: redis.url });
});
afterAll(async () => {
  await queues?.close();
  await app?.close();
  await version?.remove();
  await redis?.stop();
});

function manifest(): Manifest {
  const { studyInstanceUID, manifest: known } = version;
  const instances = known.instances.map((one) => ({ ...one, sizeBytes: 1 }));
  const evidence = { kind: 'quiet-period', quietMs: 0, lastInstanceAt: known.createdAt } as const;
  const digest = digestInstances(instances);
  const { createdAt } = known;
  return { schema: 'endplate.manifest/1', studyInstanceUID, version: 1, digest, createdAt, priority: 'stat', evidence, instances };
} // prettier-ignore

/** The event, as soon as it stands in the timeline. */
async function event(type: string): Promise<TimelineEvent> {
  const timeline = new Timeline(version.store, () => new Date());
  for (;;) {
    const found = (await timeline.read(version.studyInstanceUID)).find((one) => one.type === type);
    if (found) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the worker as a process', () => {
  it('takes a job from Redis to findings, and tells of it', async () => {
    await new Manifests(version.store).create(manifest());
    await queues.analyse({ studyInstanceUID: version.studyInstanceUID, version: 1 });
    await expect(event('analysis-finished')).resolves.toMatchObject({
      version: 1,
      facts: { outcome: 'not-analysed', reasonCode: 'LOCALISER_ONLY' },
    });
    const findings = await version.store.get(findingsKey(version.studyInstanceUID, 1));
    expect((JSON.parse(findings.toString()) as StudyFindings).model.name).toBe('spine-seg');
  });

  it('is alive and ready, and counts', async () => {
    const get = async (path: string) => (await fetch(`${app.httpUrl}${path}`)).text();
    expect(JSON.parse(await get('/livez'))).toEqual({ ok: true, checks: { 'worker-analyse': 'ok' } });
    expect(JSON.parse(await get('/readyz'))).toMatchObject({ ok: true });
    expect(await get('/metrics')).toContain(
      'endplate_analyses_total{outcome="not-analysed",reason="LOCALISER_ONLY"} 1',
    );
  });
});
