import { runMain } from '@endplate/platform';
import { parseListenerConfig } from './listener.config';
import { ListenerModule } from './listener.module';

void runMain('listener', (env) => {
  const config = parseListenerConfig(env);
  return { app: 'listener', logLevel: config.log.level, modules: [ListenerModule.register(config)], http: config.http };
});
