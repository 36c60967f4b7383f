import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** One environment variable: its name, its schema (from text), and what the documentation says of it. */
export interface Setting<T> {
  readonly name: string;
  readonly schema: z.ZodType<T, string | undefined>;
  /** What it is, one sentence. */
  readonly about: string;
  /** Unit or form, for example `ms`, `bytes`, `host name`. */
  readonly unit: string;
  /** As text; undefined when the variable must be given, empty when it may be left out. */
  readonly defaultText: string | undefined;
}

interface Described<D> {
  readonly about: string;
  /** Leave it out when the variable must be given. */
  readonly default?: D;
}

/** A file of JSON named by an environment variable, checked. */
export interface JsonFile<T> {
  readonly path: string;
  readonly value: T;
}

/** A text; with `pattern` it must match, and `form` says in words what is expected. */
export function text(
  name: string,
  options: Described<string> & { readonly pattern?: RegExp; readonly form?: string },
): Setting<string> {
  const form = options.form ?? 'text';
  const whole = options.pattern ?? /^[^\0]+$/s;
  return setting(name, form, options, z.string().regex(whole, `must be ${form}`));
}

/** A text that may be absent. */
export function optionalText(name: string, options: { readonly about: string; readonly form?: string }) {
  const unit = options.form ?? 'text';
  return { name, about: options.about, unit, defaultText: '', schema: z.string().min(1).optional() } satisfies Setting<
    string | undefined
  >;
}

/** A secret: like an optional text, and marked so that it is never shown. */
export function secret(name: string, options: { readonly about: string }): Setting<string | undefined> {
  return optionalText(name, { ...options, form: 'secret' });
}

/** One of a few words. */
export function choice<const W extends readonly [string, ...string[]]>(
  name: string,
  words: W,
  options: Described<W[number]>,
): Setting<W[number]> {
  return setting(name, words.join(' | '), options, z.enum(words, `must be one of ${words.join(', ')}`));
}

/** A whole number within limits. */
export function integer(
  name: string,
  options: Described<number> & { readonly min: number; readonly max: number; readonly unit?: string },
): Setting<number> {
  const { min, max } = options;
  const number = z
    .string()
    .regex(/^-?[0-9]{1,16}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
  return setting(name, options.unit ?? 'whole number', options, number);
}

/** A duration in milliseconds; the name ends in `_MS`. */
export function durationMs(
  name: `${string}_MS`,
  options: Described<number> & { readonly min?: number; readonly max?: number },
): Setting<number> {
  return integer(name, { min: 0, max: 7 * 24 * 3600 * 1000, ...options, unit: 'ms' });
}

/** A size in bytes; the name ends in `_BYTES`. */
export function sizeBytes(
  name: `${string}_BYTES`,
  options: Described<number> & { readonly min?: number; readonly max?: number },
): Setting<number> {
  return integer(name, { min: 0, max: Number.MAX_SAFE_INTEGER, ...options, unit: 'bytes' });
}

/** A TCP port; 0 asks the system for a free one. */
export function port(name: string, options: Described<number>): Setting<number> {
  return integer(name, { min: 0, max: 65535, unit: 'TCP port', ...options });
}

/** true/false, yes/no, on/off, 1/0. */
export function flag(name: string, options: Described<boolean>): Setting<boolean> {
  return setting(name, 'true | false', options, z.stringbool('must be true or false'));
}

/** A URL of one of the given schemes. */
export function url(name: string, schemes: readonly string[], options: Described<string>): Setting<string> {
  const form = `URL (${schemes.join(', ')})`;
  const schema = z.string().refine((value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    return parsed !== undefined && schemes.includes(parsed.protocol.replace(':', ''));
  }, `must be a ${form}`);
  return setting(name, form, options, schema);
}

/** Path of a JSON file that the schema accepts; absent when the variable is not set. */
export function jsonFile<T>(
  name: string,
  schema: z.ZodType<T>,
  options: { readonly about: string },
): Setting<JsonFile<T> | undefined> {
  const read = z.string().transform((path, context): JsonFile<T> => {
    const outcome = readJsonFile(path, schema);
    if ('value' in outcome) return { path, value: outcome.value };
    for (const message of outcome.faults) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  return { name, about: options.about, unit: 'path of a JSON file', defaultText: '', schema: read.optional() };
}

/** Reads and checks a JSON file again, for example on reload; `faults` say where in the file and never a value. */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>): { value: T } | { faults: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { faults: [code ? `the file cannot be read (${code})` : 'the file is not JSON'] };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  return {
    faults: parsed.error.issues.map((issue) => `in the file at ${issue.path.join('.') || 'the top'}: ${issue.message}`),
  };
}

function setting<T, D>(name: string, unit: string, options: Described<D>, schema: z.ZodType<T, string>): Setting<T> {
  const { about } = options;
  if (options.default === undefined) {
    return { name, about, unit, defaultText: undefined, schema: schema as z.ZodType<T, string | undefined> };
  }
  const defaultText = String(options.default);
  return { name, about, unit, defaultText, schema: z.string().default(defaultText).pipe(schema) };
}
