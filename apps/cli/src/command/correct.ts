import { readFile } from 'node:fs/promises';
import { CORRECTION_AUTHORS, reviewCorrection, type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { findingsKey } from '@endplate/store';
import { correctStudy, type CorrectionRequest } from '@endplate/studies';
import { Command, Option } from 'commander';
import { CliError } from '../errors';
import { type Site, withSite } from '../site/open-site';

interface CorrectOptions {
  readonly findings: string;
  readonly author: CorrectionRequest['authorRole'];
  readonly json?: boolean;
}

/** `endplate correct --findings FILE`: a reader's findings as a further version. */
export function correctCommand(): Command {
  return new Command('correct')
    .description(
      'Makes a further version of a reader\'s corrected findings.json, with a report that names the one before; nothing is overwritten. Get the findings of the latest version from the console (/api/studies/UID/versions/N/findings), change what is wrong, and give them back. Takes its settings from the environment, and the Redis of a running "endplate up" where REDIS_URL is not set.',
    )
    .requiredOption('--findings <file>', 'the corrected findings.json')
    .addOption(new Option('--author <role>', 'who corrected').choices(CORRECTION_AUTHORS).makeOptionMandatory())
    .option('--json', 'end with one line of JSON')
    .action(async (options: CorrectOptions) => {
      const corrected = parse(await readFile(options.findings).catch(() => undefined), options.findings);
      const made = await withSite(process.env, (site) => correct(site, corrected, options.author));
      const text = `${made.studyInstanceUID}: version ${made.version}, corrected: ${made.changed.join(', ')}\n`;
      process.stdout.write(options.json ? `${JSON.stringify(made)}\n` : text);
    });
}

async function correct(site: Site, corrected: StudyFindings, authorRole: CorrectionRequest['authorRole']) {
  const { studyInstanceUID, version: ofVersion } = corrected;
  const stored = await site.store.get(findingsKey(studyInstanceUID, ofVersion)).catch(() => undefined);
  const base = parse(stored, `version ${ofVersion} of that study`);
  const { changed, problems } = reviewCorrection(base, corrected);
  if (problems.length > 0) throw new CliError('CLI_USAGE', `This is no correction: ${problems.join('; ')}.`);
  if (changed.length === 0) throw new CliError('CLI_USAGE', 'Nothing was corrected.');
  const findings = Buffer.from(`${JSON.stringify(corrected)}\n`);
  const request = {
    studyInstanceUID,
    ofVersion,
    authorRole,
    changed: changed.map((one) => one.slice(0, 200)),
    findings,
  };
  return { studyInstanceUID, version: await correctStudy(site, request), changed };
}

function parse(bytes: Buffer | undefined, what: string): StudyFindings {
  if (!bytes) throw new CliError('CLI_USAGE', `There are no findings: ${what}.`);
  try {
    return studyFindingsSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw new CliError('CLI_USAGE', `These are no findings (docs/sr-template.md): ${what}.`);
  }
}
