import { Command, CommanderError } from 'commander';
import { analyseCommand } from './command/analyse';
import { correctCommand } from './command/correct';
import { demoCommand } from './command/demo';
import { evaluateCommand } from './command/evaluate';
import { phantomCommand } from './command/phantom';
import { reconcileCommand } from './command/reconcile';
import { renderCommand } from './command/render';
import { reprocessCommand } from './command/reprocess';
import { retryCommand } from './command/retry';
import { sendCommand } from './command/send';
import { settingsCommand } from './command/settings';
import { upCommand } from './command/up';
import { validateCommand } from './command/validate';
import { validateHealthyCommand } from './command/validate-healthy';
import { validateLevelsCommand } from './command/validate-levels';
import { validateRepeatabilityCommand } from './command/validate-repeatability';
import { validatePhantomsCommand } from './command/validate-phantoms';
import { CliError } from './errors';

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/**
 * Parses the command line and runs the command.
 *
 * @returns exit code: 0 done, 1 the work failed, 2 the call's words are off
 */
export async function run(argv: readonly string[]): Promise<number> {
  const program = new Command('endplate')
    .description(
      'Disc calcification (CT) and Modic endplate changes (MR) on spine studies.\nResearch and triage only. Not a diagnosis.',
    )
    .showHelpAfterError('(add --help for the words of this command)')
    .exitOverride();
  const commands = [
    upCommand(),
    sendCommand(),
    analyseCommand(),
    evaluateCommand(),
    phantomCommand(),
    renderCommand(),
    validateCommand(),
    validatePhantomsCommand(),
    validateHealthyCommand(),
    validateLevelsCommand(),
    validateRepeatabilityCommand(),
    reconcileCommand(),
    retryCommand(),
    reprocessCommand(),
    correctCommand(),
    settingsCommand(),
    demoCommand(),
  ];
  for (const command of commands) {
    program.addCommand(command.exitOverride().showHelpAfterError('(add --help for the words of this command)'));
  }
  try {
    await program.parseAsync([...argv]);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof CliError) {
      process.stderr.write(`endplate: ${error.message}\n`);
      return error.exitCode;
    }
    throw error;
  }
}
