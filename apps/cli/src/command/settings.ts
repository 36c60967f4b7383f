import { Command } from 'commander';
import { settingRows, settingsMarkdown } from '../settings/settings-table';

/** `endplate settings`: the environment variables of all apps. */
export function settingsCommand(): Command {
  return new Command('settings')
    .description('Prints the environment variables of all apps as a Markdown table, from the schemas that parse them.')
    .option('--json', 'one line of JSON instead')
    .action((options: { json?: boolean }) => {
      const rows = settingRows();
      process.stdout.write(options.json ? `${JSON.stringify({ settings: rows })}\n` : settingsMarkdown(rows));
    });
}
