import { runMain } from '@endplate/platform';
import { parseNotifierConfig } from './notifier.config';
import { NotifierModule } from './notifier.module';

void runMain('notifier', (env) => {
  const config = parseNotifierConfig(env);
  return { app: 'notifier', logLevel: config.log.level, modules: [NotifierModule.register(config)], http: config.http };
});
