import { runMain } from '@endplate/platform';
import { parseConsoleConfig } from './console.config';
import { ConsoleModule } from './console.module';

void runMain('console', (env) => {
  const config = parseConsoleConfig(env);
  return { app: 'console', logLevel: config.log.level, modules: [ConsoleModule.register(config)], http: config.http };
});
