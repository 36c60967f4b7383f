import { type DeliveryRecord, retryDeliveries, type RetryRequest } from '@endplate/studies';
import { Command } from 'commander';
import { CliError } from '../errors';
import { withSite } from '../site/open-site';

/** `endplate retry STUDY`: deliveries that were given up, once more. */
export function retryCommand(): Command {
  return new Command('retry')
    .description(
      'Begins deliveries of a study anew that ended in the dead letter or could not be proven. Takes its settings from the environment, and the Redis of a running "endplate up" where REDIS_URL is not set.',
    )
    .argument('<study>', 'Study Instance UID')
    .option('--version-number <n>', 'version (default: the latest)', wholeNumber)
    .option('--destination <name>', 'one destination (default: every one)')
    .option('--json', 'end with one line of JSON')
    .action(async (study: string, options: { versionNumber?: number; destination?: string; json?: boolean }) => {
      const { versionNumber, destination } = options;
      const again = await retry(process.env, {
        studyInstanceUID: study,
        by: 'cli',
        ...(versionNumber === undefined ? {} : { version: versionNumber }),
        ...(destination === undefined ? {} : { destination }),
      });
      if (options.json) process.stdout.write(`${JSON.stringify({ retried: again.map(short) })}\n`);
      else process.stdout.write(again.length === 0 ? 'Nothing was given up.\n' : again.map(line).join(''));
    });
}

function retry(env: NodeJS.ProcessEnv, request: RetryRequest): Promise<readonly DeliveryRecord[]> {
  return withSite(env, (site) => retryDeliveries(site, request));
}

function short({ version, destination, state, reason }: DeliveryRecord) {
  return { version, destination, was: state, ...(reason ? { code: reason.code } : {}) };
}

function line({ version, destination, reason }: DeliveryRecord): string {
  return `again: version ${version} to ${destination}${reason ? ` (was ${reason.code}: ${reason.text})` : ''}\n`;
}

function wholeNumber(value: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(value)) throw new CliError('CLI_USAGE', `"${value}" is no version number.`);
  return Number(value);
}
