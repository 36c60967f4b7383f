import {
  chooseStore,
  DESTINATIONS_SECTION,
  destinationsOf,
  hearsOfEveryVersion,
  durationMs,
  parseConfig,
  REDIS_SECTION,
  STORE_SECTION,
} from '@endplate/platform';
import { createQueues } from '@endplate/queue';
import { createFilesystemStore, createS3Store } from '@endplate/store';
import { reconcile, type ReconcileReport, Timeline } from '@endplate/studies';
import { Command } from 'commander';
import { CliError } from '../errors';
import { readUpRecord } from '../up/up-record';

const SECTIONS = {
  store: STORE_SECTION,
  redis: REDIS_SECTION,
  destinations: DESTINATIONS_SECTION,
  completeness: {
    quietMs: durationMs('ENDPLATE_QUIET_MS', { about: 'Quiet period of a study.', default: 60_000 }),
  },
};

/** `endplate reconcile`: rebuilds the queues from the objects. */
export function reconcileCommand(): Command {
  return new Command('reconcile')
    .description(
      'Walks the object store and gives every job that the objects call for: after Redis was lost, or when in doubt. Harmless at any time. Takes its settings from the environment, and the Redis of a running "endplate up" where REDIS_URL is not set.',
    )
    .option('--json', 'end with one line of JSON')
    .action(async (options: { json?: boolean }) => {
      const report = await reconcileStore(process.env);
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : sentence(report));
      if (report.failed > 0) throw new CliError('CLI_FAILED', `${report.failed} studies could not be looked at.`);
    });
}

async function reconcileStore(env: NodeJS.ProcessEnv): Promise<ReconcileReport> {
  const config = parseConfig(SECTIONS, env);
  const running = env['REDIS_URL'] ? undefined : await readUpRecord(config.store.dataDir);
  const choice = chooseStore(config.store);
  const store = choice.kind === 'filesystem' ? await createFilesystemStore(choice) : await createS3Store(choice);
  const queues = createQueues({ ...config.redis, ...(running?.redisUrl ? { url: running.redisUrl } : {}) });
  try {
    return await reconcile({
      store,
      timeline: new Timeline(store, () => new Date()),
      jobs: queues,
      destinations: destinationsOf(config.destinations).map(({ name }) => name),
      told: destinationsOf(config.destinations)
        .filter(hearsOfEveryVersion)
        .map(({ name }) => name),
      defaults: { quietMs: config.completeness.quietMs, priority: 'routine' },
      now: () => new Date(),
    });
  } finally {
    await queues.close();
    await store.close();
  }
}

function sentence({ studies, completeness, analyse, deliver, present, parked, failed }: ReconcileReport): string {
  const given = `${completeness} quiet periods, ${analyse} analyses and ${deliver} deliveries were given`;
  const rest = `${present} jobs were there already, ${parked} versions wait for a person`;
  return `${studies} studies: ${given}; ${rest}${failed > 0 ? `; ${failed} could not be looked at` : ''}.\n`;
}
