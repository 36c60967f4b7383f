import { reprocessStudy } from '@endplate/studies';
import { Command } from 'commander';
import { withSite } from '../site/open-site';

/** `endplate reprocess STUDY...`: a further version of the same images, for another network or program. */
export function reprocessCommand(): Command {
  return new Command('reprocess')
    .description(
      'Analyses studies anew from the images that they have, for example with a new network: each gets a further version and a report that names the one before. Takes its settings from the environment, and the Redis of a running "endplate up" where REDIS_URL is not set.',
    )
    .argument('<study...>', 'Study Instance UIDs')
    .option('--json', 'end with one line of JSON')
    .action(async (studies: readonly string[], options: { json?: boolean }) => {
      const made = await withSite(process.env, async (site) => {
        const versions: { studyInstanceUID: string; version: number }[] = [];
        for (const studyInstanceUID of studies) {
          versions.push({ studyInstanceUID, version: await reprocessStudy(site, studyInstanceUID) });
        }
        return versions;
      });
      const lines = made.map(({ studyInstanceUID, version }) => `${studyInstanceUID}: version ${version}\n`);
      process.stdout.write(options.json ? `${JSON.stringify({ versions: made })}\n` : lines.join(''));
    });
}
