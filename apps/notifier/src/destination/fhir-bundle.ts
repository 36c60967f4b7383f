import { z } from 'zod';

const entrySchema = z.looseObject({
  resource: z.unknown().optional(),
  request: z
    .looseObject({ method: z.string(), url: z.string().max(2000), ifNoneExist: z.string().max(2000).optional() })
    .optional(),
  search: z.looseObject({ mode: z.string().optional() }).optional(),
});
const reportSchema = z.looseObject({
  resourceType: z.literal('DiagnosticReport'),
  identifier: z.array(z.looseObject({ system: z.string().max(500), value: z.string().max(500) })).max(16),
});
const bundleSchema = z.looseObject({
  resourceType: z.literal('Bundle'),
  entry: z.array(entrySchema).max(10_000).optional(),
});
const code = z.string().max(100);
const outcomeSchema = z.looseObject({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(
      z.looseObject({
        severity: code,
        code,
        details: z.looseObject({ coding: z.array(z.looseObject({ code: code.optional() })).optional() }).optional(),
        expression: z.array(z.string().max(200)).optional(),
      }),
    )
    .min(1),
});

/** Searches are relative to the base: a resource type and parameters. */
const SEARCH = /^[A-Z][A-Za-z]{1,63}\?[^\s#]+$/;

/**
 * The searches by which the entries of a transaction are found again: those of conditional creates and updates.
 * @returns each once, for example `DiagnosticReport?identifier=urn:ietf:rfc:3986|urn:oid:2.25.1`
 * @standard FHIR R4 http 3.1.0.8.1
 */
export function conditionalSearches(bundle: Buffer): readonly string[] {
  const { entry = [] } = bundleSchema.parse(JSON.parse(bundle.toString('utf8')));
  const searches = entry.flatMap(({ request }) => {
    if (request?.method === 'PUT') return [request.url];
    if (request?.method === 'POST' && request.ifNoneExist) return [`${request.url}?${request.ifNoneExist}`];
    return [];
  });
  return [...new Set(searches)].filter((search) => SEARCH.test(search));
}

/**
 * The searches that find the report of this version and of no other: by the identifiers of a DiagnosticReport that its
 * update does not go by.
 */
export function versionSearches(bundle: Buffer): readonly string[] {
  const { entry = [] } = bundleSchema.parse(JSON.parse(bundle.toString('utf8')));
  return entry.flatMap(({ resource, request }) => {
    const report = reportSchema.safeParse(resource);
    if (!report.success || !request) return [];
    const known = new URLSearchParams(request.url.split('?')[1] ?? request.ifNoneExist ?? '').get('identifier');
    return report.data.identifier
      .map(({ system, value }) => `${system}|${value}`)
      .filter((identifier) => identifier !== known)
      .map((identifier) => `DiagnosticReport?${new URLSearchParams({ identifier }).toString()}`);
  });
}

/** How many resources a search found, or undefined where the answer is no Bundle. */
export function matchesIn(body: Buffer): number | undefined {
  const parsed = bundleSchema.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  return (parsed.data.entry ?? []).filter(({ search }) => (search?.mode ?? 'match') === 'match').length;
}

/**
 * The first error of an OperationOutcome in codes and paths. Its free text is left out: servers quote the resource in
 * it, and with it the patient.
 */
export function refusalIn(body: Buffer): string | undefined {
  const parsed = outcomeSchema.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  const issues = parsed.data.issue;
  const issue = issues.find(({ severity }) => severity === 'error' || severity === 'fatal') ?? issues[0]!;
  const details = issue.details?.coding?.[0]?.code;
  return [issue.code, details, issue.expression?.[0]].filter(Boolean).join(' ');
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
