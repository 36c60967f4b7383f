import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { type DemoSite, openDemoSite } from '../demo/demo-site';
import { type DemoStudy, drawnStudies, ownStudies } from '../demo/demo-study';
import { runStudy, type StudyEnding } from '../demo/run-study';
import { endSignal } from '../process/end-signal';
import { CliError } from '../errors';
import { Progress } from '../terminal/progress';

interface DemoOptions {
  readonly data?: string;
  readonly out: string;
  readonly stay?: boolean;
  readonly json?: boolean;
}

/** `endplate demo`: a PACS, Endplate, studies, reports. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Starts Endplate and an Orthanc as the PACS, pushes a phantom CT and a phantom MR (and the real MR mr01 where ../shared/data is there), waits for the reports in the PACS and shows what was found beside the truth.',
    )
    .option('--data <dir>', 'push the studies of this folder instead')
    .option('--out <dir>', 'folder of key images, reports and the log', 'demo-output')
    .option('--json', 'end with one line of JSON')
    .option('--stay', 'go on until Ctrl-C, to look around in the console')
    .action(async (options: DemoOptions) => {
      const end = endSignal();
      // A folder that is missing is told before anything is started.
      const own = options.data === undefined ? undefined : await ownStudies(options.data);
      await mkdir(options.out, { recursive: true });
      const site = await openDemoSite(path.join(options.out, 'endplate.log'));
      try {
        const studies = await runDemo(site, own, options.out, end.signal);
        if (options.json) say(JSON.stringify({ out: path.resolve(options.out), studies }));
        if (options.stay) {
          say(`\nThe console answers on ${site.endplate.httpUrl}. Ctrl-C ends it.`);
          await Promise.race([end.received, site.endplate.died]);
        }
      } catch (error) {
        if (end.signal.aborted)
          throw new CliError('CLI_FAILED', 'ended before the demo was through.', { cause: error });
        throw error;
      } finally {
        await site.close();
      }
    });
}

async function runDemo(
  site: DemoSite,
  own: readonly DemoStudy[] | undefined,
  out: string,
  signal: AbortSignal,
): Promise<StudyEnding[]> {
  const { pacs, endplate } = site;
  say('Endplate demo. Research and triage only. Not a diagnosis.\n');
  say(
    `  PACS       Orthanc, ${pacs.aeTitle}@${pacs.host}:${pacs.dicomPort}${pacs.remark ? `\n             ${pacs.remark}` : ''}`,
  );
  say(
    `  Endplate   ${endplate.dicom.aeTitle}@${endplate.dicom.host}:${endplate.dicom.port}, console ${endplate.httpUrl}`,
  );
  const progress = new Progress();
  const studies = own ?? (await drawnStudies(site.scratch, progress, signal));
  const endings: StudyEnding[] = [];
  for (const study of studies) {
    signal.throwIfAborted();
    endings.push(await runStudy({ site, study, out: path.join(out, study.name), progress, signal, say }));
  }
  say(
    `\nDone: ${studies.length} ${studies.length === 1 ? 'study' : 'studies'}. Key images, reports and the log are in ${path.resolve(out)}.`,
  );
  return endings;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
