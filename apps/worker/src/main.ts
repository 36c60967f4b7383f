import { runMain } from '@endplate/platform';
import { parseWorkerConfig } from './worker.config';
import { WorkerModule } from './worker.module';

void runMain('worker', (env) => {
  const config = parseWorkerConfig(env);
  return { app: 'worker', logLevel: config.log.level, modules: [WorkerModule.register(config)], http: config.http };
});
