import { setFlagsFromString } from 'node:v8';
import { runMain } from '@endplate/platform';
import { parseListenerConfig } from './listener.config';
import { ListenerModule } from './listener.module';

// Old objects are collected when they have grown by 40 %, not when they have doubled: the resident size stays where it
// is while the queues are compared with the objects. V8 reads this one at each collection.
setFlagsFromString('--heap-growing-percent=40');

void runMain('listener', (env) => {
  const config = parseListenerConfig(env);
  return { app: 'listener', logLevel: config.log.level, modules: [ListenerModule.register(config)], http: config.http };
});
