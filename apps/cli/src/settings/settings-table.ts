import { type Section, type Setting } from '@endplate/platform';
import { CONSOLE_SECTIONS } from '../../../console/src/console.config';
import { LISTENER_SECTIONS } from '../../../listener/src/listener.config';
import { NOTIFIER_SECTIONS } from '../../../notifier/src/notifier.config';
import { WORKER_SECTIONS } from '../../../worker/src/worker.config';

/** One environment variable and the apps that read it. */
export interface SettingRow {
  readonly variable: string;
  readonly apps: readonly string[];
  readonly about: string;
  readonly unit: string;
  /** As text; empty where it may be left out. */
  readonly default: string;
  readonly required: boolean;
}

const APPS: Readonly<Record<string, Readonly<Record<string, Section>>>> = {
  listener: LISTENER_SECTIONS,
  worker: WORKER_SECTIONS,
  notifier: NOTIFIER_SECTIONS,
  console: CONSOLE_SECTIONS,
};

/** Every variable that any app reads, in the order of the apps, from the schemas that parse them. */
export function settingRows(): SettingRow[] {
  const rows = new Map<string, { setting: Setting<unknown>; apps: string[] }>();
  for (const [app, sections] of Object.entries(APPS)) {
    for (const setting of Object.values(sections).flatMap((section) => Object.values(section))) {
      const row = rows.get(setting.name) ?? { setting, apps: [] };
      row.apps.push(app);
      rows.set(setting.name, row);
    }
  }
  return [...rows.values()].map(({ setting, apps }) => ({
    variable: setting.name,
    apps,
    about: setting.about,
    unit: setting.unit,
    default: setting.defaultText ?? '',
    required: setting.defaultText === undefined,
  }));
}

/** The rows as a Markdown table. */
export function settingsMarkdown(rows: readonly SettingRow[]): string {
  const lines = rows.map(({ variable, apps, about, unit, required, default: value }) => {
    const who = apps.length === Object.keys(APPS).length ? 'all' : apps.join(', ');
    const standard = required ? 'must be given' : value === '' ? '' : `\`${value}\``;
    return `| \`${variable}\` | ${who} | ${about} | ${unit.replaceAll('|', '\\|')} | ${standard} |`;
  });
  return ['| variable | apps | what | unit or form | default |', '|---|---|---|---|---|', ...lines, ''].join('\n');
}
