import { Command } from 'commander';
import { CliError } from '../errors';
import { endSignal } from '../process/end-signal';
import { type RunningEndplate, startEndplate } from '../up/start-endplate';

/** `endplate up`: every app in one process. */
export function upCommand(): Command {
  return new Command('up')
    .description(
      'Starts listener, worker, notifier and console in one process, over a folder and a redis-server of its own; instances are acknowledged by a spool in that folder unless ENDPLATE_ACKNOWLEDGE is store; REDIS_URL and ENDPLATE_STORE=s3 with S3_* switch to real servers. Settings come from the environment (docs/operations.md). Logs go to standard output, one JSON object per line.',
    )
    .option('--json', 'print one line of JSON when ready')
    .action(async (options: { json?: boolean }) => {
      const end = endSignal();
      const endplate = await startEndplate({ env: process.env });
      if (options.json) process.stdout.write(`${JSON.stringify({ ready: readyFacts(endplate) })}\n`);
      else process.stderr.write(welcome(endplate));
      const failure = await Promise.race([end.received, endplate.died.catch((error: Error) => error)]);
      await endplate.close();
      if (failure instanceof Error) throw new CliError('CLI_FAILED', failure.message, { cause: failure });
    });
}

function readyFacts({ dicom, httpUrl, dataDir }: RunningEndplate): Record<string, unknown> {
  return { pid: process.pid, dicom, httpUrl, dataDir };
}

function welcome({ dicom, httpUrl, dataDir }: RunningEndplate): string {
  return [
    'Endplate is up. Research and triage only. Not a diagnosis.',
    `  DICOM    ${dicom.aeTitle}@${dicom.host}:${dicom.port}`,
    `  Console  ${httpUrl}`,
    `  Data     ${dataDir}`,
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}
