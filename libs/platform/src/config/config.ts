import { z } from 'zod';
import { ConfigInvalidError } from '../errors';
import { KNOWN_SETTINGS } from './known-settings';
import { type Setting } from './setting';

/** Settings that belong together, keyed by the name that code uses. */
export type Section = Readonly<Record<string, Setting<unknown>>>;

/** The parsed form of a section. */
export type SectionValues<S extends Section> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** The parsed form of several sections. */
export type ConfigOf<S extends Readonly<Record<string, Section>>> = { readonly [K in keyof S]: SectionValues<S[K]> };

const OURS = 'ENDPLATE_';

/**
 * Reads the environment once. An empty variable counts as absent. All faults are told at once as
 * `NAME: what is wrong, unit, default`, never with the value.
 * @throws PLATFORM_CONFIG_INVALID
 */
export function parseConfig<S extends Readonly<Record<string, Section>>>(
  sections: S,
  env: Readonly<Record<string, string | undefined>>,
): ConfigOf<S> {
  const settings = Object.values(sections).flatMap((section) => Object.values(section));
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const known = new Set([...settings.map(({ name }) => name), ...KNOWN_SETTINGS]);
  const faults = Object.keys(given)
    .filter((name) => name.startsWith(OURS) && !known.has(name))
    .map((name) => `${name}: is not a setting of Endplate${suggestion(name, known)}`);
  const schema = z.object(Object.fromEntries(settings.map((setting) => [setting.name, setting.schema])));
  const parsed = schema.safeParse(given);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => faultLine(issue, settings)));
  if (!parsed.success || faults.length > 0) throw new ConfigInvalidError(faults.sort());
  const values = parsed.data;
  const config = Object.entries(sections).map(([name, section]) => [
    name,
    Object.freeze(Object.fromEntries(Object.entries(section).map(([key, setting]) => [key, values[setting.name]]))),
  ]);
  return Object.freeze(Object.fromEntries(config)) as ConfigOf<S>;
}

/** Makes a fault of rules that span several settings, in the same form as the others. */
export function configFault(name: string, problem: string): ConfigInvalidError {
  return new ConfigInvalidError([`${name}: ${problem}`]);
}

/** The documentation table of the sections, in Markdown. */
export function describeSettings(sections: Readonly<Record<string, Section>>): string {
  const rows = Object.entries(sections).flatMap(([name, section]) =>
    Object.values(section).map(
      ({ name: variable, about, unit, defaultText }) =>
        `| \`${variable}\` | ${name} | ${about} | ${unit.replaceAll('|', '\\|')} | ${defaultLabel(defaultText)} |`,
    ),
  );
  return ['| variable | section | what | unit | default |', '|---|---|---|---|---|', ...new Set(rows)].join('\n');
}

function faultLine(issue: z.core.$ZodIssue, settings: readonly Setting<unknown>[]): string {
  const name = String(issue.path[0] ?? 'environment');
  const setting = settings.find((one) => one.name === name);
  const missing = issue.code === 'invalid_type' && issue.message.includes('undefined');
  const problem = missing ? 'is missing' : issue.message;
  return `${name}: ${problem}, unit: ${setting?.unit ?? 'none'}, default: ${defaultLabel(setting?.defaultText)}`;
}

function defaultLabel(defaultText: string | undefined): string {
  if (defaultText === undefined) return 'none (must be given)';
  return defaultText === '' ? 'none (may be left out)' : defaultText;
}

/** The known name that shares the most leading characters, when it shares enough to be a likely typo. */
function suggestion(name: string, known: ReadonlySet<string>): string {
  const shared = (other: string) => {
    let at = 0;
    while (at < name.length && name[at] === other[at]) at += 1;
    return at;
  };
  const best = [...known].sort((a, b) => shared(b) - shared(a))[0];
  return best !== undefined && shared(best) >= OURS.length + 3 ? `; did you mean ${best}?` : '';
}
