import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ALL_TRANSFER_SYNTAXES, SopClass, STORAGE_SOP_CLASSES } from '@endplate/dicom';
import { studyFindingsSchema } from '@endplate/findings';
import { z } from 'zod';
import { SITE_CODES } from '../../libs/reporting/src/code/anatomy-code';
import { CODE } from '../../libs/reporting/src/code/concept';
import { PRIVATE } from '../../libs/reporting/src/code/private-code';
import { REASON_CONCEPTS } from '../../libs/reporting/src/code/reason-code';
import { UNIT } from '../../libs/reporting/src/code/unit';
import { LISTENER_CONTEXTS } from '../../apps/listener/src/association/association-policy';
import { settingRows, settingsMarkdown } from '../../apps/cli/src/settings/settings-table';
import { ROOT } from '../deploy/manifest';
import { document, quoted, rows } from './document-table';

function sources(folder: string, wanted: (name: string) => boolean): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && wanted(name))
    .map((name) => readFileSync(path.join(ROOT, folder, name), 'utf8'));
}

describe('documents say what the code does', () => {
  it('docs/operations.md has the settings that the apps read', () => {
    const printed = rows(settingsMarkdown(settingRows()));
    const written = rows(document('operations.md')).filter((cells) => cells.length === 5 && cells[1] !== 'app');
    const settings = written.filter(([variable]) => printed.some(([name]) => name === variable));
    expect(settings).toEqual(printed);
  });

  it('docs/operations.md has every metric', () => {
    const named = [...sources('apps', () => true), ...sources('libs', () => true)].flatMap((text) =>
      [...text.matchAll(/name: '(endplate_[a-z_]+)'/g)].map(([, name]) => name!),
    );
    const written = rows(document('operations.md')).flatMap(quoted);
    expect(named.length).toBeGreaterThan(10);
    expect(written.filter((name) => name.startsWith('endplate_')).sort()).toEqual([...new Set(named)].sort());
  });

  it('docs/errors.md has every error code, and no other', () => {
    const isErrors = (name: string): boolean => path.basename(name) === 'errors.ts';
    const thrown = [...sources('apps', isErrors), ...sources('libs', isErrors)].flatMap((text) =>
      [...text.matchAll(/'([A-Z]+_[A-Z0-9_]+)'/g)].map(([, code]) => code!),
    );
    const written = rows(document('errors.md')).flatMap(([code]) => quoted([code!]));
    expect(written.sort()).toEqual([...new Set(thrown)].sort());
  });

  it('docs/conformance.md has the SOP classes and transfer syntaxes that are negotiated', () => {
    const uids = (lines: readonly string[][]) => lines.filter((cells) => cells.length === 2).flatMap(quoted);
    const text = document('conformance.md');
    const scp = text.slice(text.indexOf('### 2.3'), text.indexOf('### 2.4'));
    expect(uids(rows(scp))).toEqual([...STORAGE_SOP_CLASSES, ...ALL_TRANSFER_SYNTAXES]);
  });

  it('docs/conformance.md has the services around storage that are negotiated', () => {
    const text = document('conformance.md');
    const written = rows(text.slice(text.indexOf('### 2.9'), text.indexOf('**Storage Commitment.**'))).flatMap(quoted);
    const storage = new Set<string>([SopClass.VerificationSOPClass, ...STORAGE_SOP_CLASSES]);
    const around = LISTENER_CONTEXTS.map(({ abstractSyntax }) => abstractSyntax).filter((uid) => !storage.has(uid));
    expect(written).toEqual(around);
  });

  it('docs/sr-template.md has every code that a report may hold, and no other', () => {
    const all = [CODE, PRIVATE, UNIT].flatMap((codes) => Object.values(codes));
    const used = [...all, ...SITE_CODES, ...REASON_CONCEPTS].map((c) => `${c.scheme} ${c.value} ${c.meaning}`);
    const text = document('sr-template.md');
    const written = rows(text.slice(text.indexOf('## Codes of the standards')))
      .filter(([code]) => quoted([code!]).length > 0)
      .map(([code, scheme, meaning]) => `${scheme} ${quoted([code!])[0]} ${meaning}`);
    expect([...new Set(written)].sort()).toEqual([...new Set(used)].sort());
  });

  it('docs/sr-template.md says of every field of a finding where it stands, or that it stays in findings.json', () => {
    const { properties } = z.toJSONSchema(studyFindingsSchema, { io: 'output', unrepresentable: 'any' }) as JsonSchema;
    const of = ['discs', 'endplates', 'vertebrae', 'lumbarLordosisDeg', 'coronalCobb'];
    const fields = new Set(of.flatMap((name) => [name, ...fieldsOf(properties![name]!)]));
    const text = document('sr-template.md');
    const section = text.slice(text.indexOf('## From finding to row'), text.indexOf('## Codes of the standards'));
    const named = new Set([...section.matchAll(/`([^`]+)`/g)].flatMap(([, words]) => words!.split(/[^A-Za-z0-9]+/)));
    expect(fields.size).toBeGreaterThan(60);
    expect([...fields].filter((field) => !ASSESSMENT.has(field) && !named.has(field))).toEqual([]);
  });
});

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** What every assessment has; its row has the value, the certainty or the reason. */
const ASSESSMENT = new Set(['status', 'value', 'confidence', 'reason', 'code', 'text']);

/** Names of all properties, however deep. */
function fieldsOf({ properties = {}, items, anyOf = [], oneOf = [] }: JsonSchema): string[] {
  const below = [...Object.values(properties), ...(items ? [items] : []), ...anyOf, ...oneOf];
  return [...Object.keys(properties), ...below.flatMap(fieldsOf)];
}
