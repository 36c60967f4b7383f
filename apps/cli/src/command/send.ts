import { Command } from 'commander';
import { CliError } from '../errors';
import { findStudies } from '../folder/find-instances';
import { parsePeer, sendInstances } from '../folder/send-instances';
import { Progress } from '../terminal/progress';

/** `endplate send DIR --to AET@host:port`: C-STORE of every DICOM file below a folder. */
export function sendCommand(): Command {
  return new Command('send')
    .description('Sends every DICOM file below DIR to a peer by C-STORE.')
    .argument('<dir>', 'folder or file')
    .requiredOption('--to <AET@host:port>', 'the peer')
    .option('--from <AET>', 'calling AE title', 'ENDPLATE_SEND')
    .option('--json', 'end with one line of JSON')
    .action(async (dir: string, options: { to: string; from: string; json?: boolean }) => {
      const peer = parsePeer(options.to);
      const { studies } = await findStudies(dir);
      const instances = studies.flatMap((study) => study.instances);
      if (instances.length === 0) throw new CliError('CLI_FAILED', `No DICOM Part 10 file below "${dir}".`);
      const progress = new Progress();
      const outcome = await sendInstances(instances, peer, options.from, (done, total) =>
        progress.bar('sending', done, total),
      ).finally(() => progress.clear());
      process.stdout.write(
        options.json ? `${JSON.stringify(outcome)}\n` : `${outcome.sent} instances stored by the peer\n`,
      );
      const [first] = outcome.failed;
      if (!first) return;
      throw new CliError(
        'CLI_FAILED',
        `${outcome.failed.length} instances were refused, the first: ${first.sopInstanceUID} with status ${first.status}${first.errorComment ? ` (${first.errorComment})` : ''}.`,
      );
    });
}
