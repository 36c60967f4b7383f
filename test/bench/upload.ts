/**
 * The spool's uploads to an S3 server beside bare parallel PUTs of the same bytes to the same server, interleaved.
 *
 * ```
 * npm run bench:upload -- [--rounds N] [--instances N] [--without-conditions]
 * ```
 *
 * The server honours `If-None-Match` on PUT unless told to be one that does not.
 * The last line is `{"ratio","rates":{"uploader","bare"}}`: instances/s, medians.
 * @packageDocumentation
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { deriveUid } from '@endplate/dicom';
import { createS3Store, instanceKey, type S3StoreOptions } from '@endplate/store';
import { instanceMaker } from './instance-maker';
import { median } from './median';
import { type RunningPeer, startPeer } from './peers';
import { type SendOrder, type SendResult } from './sender';
import { nextPoll, spoolBacklog, untilSettled } from './spool-backlog';
import { SPOOL_ENV } from './spool-env';

/** PUTs at one time, as many as the uploader makes. */
const AT_ONCE = 6;

/** Instances/s of PUTs and nothing else. */
async function bare(s3: S3StoreOptions, instances: number, round: number): Promise<number> {
  const store = await createS3Store(s3);
  const { dataSet } = instanceMaker('ct', `bare ${round}`)(0);
  const [studyInstanceUID, seriesInstanceUID] = [deriveUid('bare', `${round}`), deriveUid('bare', `${round}`, 's')];
  let next = 0;
  const putAll = async (): Promise<void> => {
    for (let i = next++; i < instances; i = next++) {
      const sopInstanceUID = deriveUid('bare', `${round}`, `${i}`);
      await store.put(instanceKey({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }), dataSet);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, putAll));
  const elapsedMs = performance.now() - startedAt;
  await store.close();
  return (1000 * instances) / elapsedMs;
}

/** Instances/s of the uploader: from the moment it has begun until the server has everything. */
async function uploader(metricsUrl: string, port: number, instances: number): Promise<number> {
  const sender = fork(path.join(__dirname, 'sender.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const order: SendOrder = { port, calledAETitle: 'ENDPLATE', kind: 'ct', instances, associations: 4 };
  sender.send(order);
  const ended = once(sender, 'exit').then(() => Promise.reject(new Error('the sender failed')));
  (await Promise.race([once(sender, 'message'), ended])) as [SendResult];
  ended.catch(() => undefined);
  const waiting = await spoolBacklog(metricsUrl);
  let left = waiting;
  for (; left === waiting; left = await spoolBacklog(metricsUrl)) await nextPoll();
  return (1000 * left) / (await untilSettled(metricsUrl));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      instances: { type: 'string', default: '300' },
      'without-conditions': { type: 'boolean', default: false },
    },
  });
  const [rounds, instances] = [Number(values.rounds), Number(values.instances)];
  const server = fork(
    path.join(__dirname, 's3-server.js'),
    values['without-conditions'] ? ['without-conditions'] : [],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const [s3] = (await once(server, 'message')) as [S3StoreOptions];
  const env = {
    ...SPOOL_ENV,
    ENDPLATE_STORE: 's3',
    S3_ENDPOINT: `http://${s3.endPoint}:${s3.port}`,
    S3_BUCKET: s3.bucket,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
  };
  let peer: RunningPeer | undefined;
  try {
    peer = await startPeer('endplate', env);
    const rates: { uploader: number; bare: number }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const one = {
        bare: await bare(s3, instances, round),
        uploader: await uploader(peer.metricsUrl!, peer.port, instances),
      };
      rates.push(one);
      process.stderr.write(`round ${round}/${rounds}  uploader ${one.uploader.toFixed(0)}/s  bare ${one.bare.toFixed(0)}/s\n`); // prettier-ignore
    }
    const of = (read: (one: (typeof rates)[number]) => number): number => Number(median(rates.map(read)).toFixed(2));
    const ratio = of((one) => one.uploader / one.bare);
    const result = { ratio, rates: { uploader: of((one) => one.uploader), bare: of((one) => one.bare) } };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    await peer?.stop();
    server.disconnect();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
