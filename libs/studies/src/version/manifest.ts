import { createHash } from 'node:crypto';
import { isStorableUid } from '@endplate/store';
import { z } from 'zod';

const uid = z.string().refine(isStorableUid, 'must be a UID (PS3.5 9.1)');

/** One instance of a version. */
export const listedInstanceSchema = z.object({
  seriesInstanceUID: uid,
  sopInstanceUID: uid,
  sizeBytes: z.int().min(0),
});
/** One instance of a version. */
export type ListedInstance = z.output<typeof listedInstanceSchema>;

const count = z.int().min(0);

/** One statement that the version rests on; the whole of it lies under `evidence/`. */
export const citedStatementSchema = z.object({
  source: z.enum(['c-find', 'mpps', 'ian']),
  saidBy: z.string().max(16),
  at: z.iso.datetime(),
  count,
  /** Instances named; absent where it gave a count alone. */
  named: count.optional(),
  /** `c-find`: instances there that we do not take, or made. */
  leftOut: count.optional(),
});

/** A sender of the study, and whether it was asked. */
export const askedSourceSchema = z.object({
  aeTitle: z.string().max(64),
  /** `no-address`: the AE list has no query address for it. `unasked`: the wait was over before. */
  asked: z.enum(['answered', 'unanswered', 'unasked', 'no-address']),
  attempts: count,
  /** Code of the last failure. */
  code: z.string().max(64).optional(),
  fetches: count,
});

/** Why the study counted as complete. */
export const evidenceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('quiet-period'),
    quietMs: z.int().min(0),
    /** Store's time of the youngest instance (ISO 8601, UTC). */
    lastInstanceAt: z.iso.datetime(),
    /** `named-instances`: the period was ended early, for what is here is exactly what was named. */
    basis: z.enum(['quiet-period', 'named-instances']).optional(),
    statements: z.array(citedStatementSchema).max(500).optional(),
    sources: z.array(askedSourceSchema).max(50).optional(),
    /** Instances that the study has as far as anybody said; absent where nobody did. */
    expected: count.optional(),
    /** Those of them that are not in this version; of `missingNamed` the UIDs were told. */
    missing: count.optional(),
    missingNamed: count.optional(),
    /** Instances of this version that we fetched. */
    fetched: count.optional(),
  }),
]);
/** Why the study counted as complete. */
export type CompletenessEvidence = z.output<typeof evidenceSchema>;

/**
 * Why there is a version when its instances are those of the one before: another network or program, or a reader's
 * correction, whose findings lie in `corrections/<sha256>.json`.
 */
export const versionReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('model') }),
  z.object({
    kind: z.literal('correction'),
    authorRole: z.enum(['radiologist', 'physician', 'radiographer']),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    changed: z.array(z.string().max(200)).max(200),
  }),
]);
/** Why there is a version when its instances are those of the one before. */
export type VersionReason = z.output<typeof versionReasonSchema>;

/** `versions/<n>/manifest.json`: the instances of a version, and why they were taken to be all. Never changed. */
export const manifestSchema = z.object({
  schema: z.literal('endplate.manifest/1'),
  studyInstanceUID: uid,
  version: z.int().min(1),
  /** SHA-256 over the set of instances, see {@link digestInstances}. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  predecessorVersion: z.int().min(1).optional(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  priority: z.enum(['stat', 'routine']),
  evidence: evidenceSchema,
  /** Absent where the instances are new. */
  reason: versionReasonSchema.optional(),
  /** Ascending by series, then instance. */
  instances: z.array(listedInstanceSchema).min(1),
});
/** What a version is made of. */
export type Manifest = z.output<typeof manifestSchema>;

/**
 * SHA-256 over the sorted lines `<series>/<instance>\n`. The UIDs are enough: the bytes under an instance's key never
 * change, other bytes with the same UID go to `conflicts/`.
 */
export function digestInstances(instances: readonly Omit<ListedInstance, 'sizeBytes'>[]): string {
  const lines = instances.map((one) => `${one.seriesInstanceUID}/${one.sopInstanceUID}\n`).sort();
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line);
  return hash.digest('hex');
}
