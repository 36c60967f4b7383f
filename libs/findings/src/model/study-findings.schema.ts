import { z } from 'zod';
import { assessmentSchema, reasonSchema } from './assessment.schema';
import { discFindingSchema } from './disc.schema';
import { imageReferenceSchema, uidTextSchema } from './geometry.schema';
import { endplateFindingSchema } from './modic.schema';
import { vertebraFindingSchema } from './vertebra.schema';

/** What the gate took a series for. */
export const seriesRoleSchema = z.enum([
  'ct',
  'mr-t1',
  'mr-t2',
  'mr-t2-fat-suppressed',
  'mr-t1-fat-suppressed',
  'mr-gre',
  'mr-other',
  'localiser',
  'other',
]);
/** What the gate took a series for. */
export type SeriesRole = z.infer<typeof seriesRoleSchema>;

/** One series of the study version and what became of it. */
export const seriesUseSchema = z.object({
  seriesInstanceUID: uidTextSchema,
  frameOfReferenceUID: uidTextSchema.optional(),
  modality: z.string(),
  role: seriesRoleSchema,
  /** How the role was found: `tr-te`, `csf`, `description`... */
  roleEvidence: z.string(),
  used: z.boolean(),
  /** Why not, when `used` is false. */
  reason: reasonSchema.optional(),
  spacingMm: z.object({ row: z.number(), column: z.number(), slice: z.number() }).optional(),
  instances: z.array(imageReferenceSchema),
});
/** One series of the study version and what became of it. */
export type SeriesUse = z.infer<typeof seriesUseSchema>;

/** How the levels were named. */
export const labellingSchema = z.object({
  /** True when the chain is anchored on the sacrum and level names are given. */
  anchored: z.boolean(),
  /** Score of the best labelling minus that of the second best, 0 to 1. */
  gap: z.number().min(0).max(1),
  /** The two best labellings, levels from caudal to cranial. */
  best: z.array(z.string()),
  secondBest: z.array(z.string()),
  /** Why names are withheld, when they are. */
  reason: reasonSchema.optional(),
});
/** How the levels were named. */
export type Labelling = z.infer<typeof labellingSchema>;

/** Which network segmented. */
export const modelIdentitySchema = z.object({
  name: z.string(),
  version: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
/** Which network segmented. */
export type ModelIdentity = z.infer<typeof modelIdentitySchema>;

/** Which program measured. */
export const softwareIdentitySchema = z.object({ name: z.string(), version: z.string() });
/** Which program measured. */
export type SoftwareIdentity = z.infer<typeof softwareIdentitySchema>;

/** A coronal Cobb angle. */
export const coronalCobbSchema = z.object({
  /** Degrees, from 0; lying. */
  angleDeg: z.number().nonnegative(),
  /** The side to which the curve bulges. */
  convexTo: z.enum(['left', 'right']),
  /** Vertebrae whose superior and inferior endplates enclose it. */
  upperVertebraId: z.string(),
  lowerVertebraId: z.string(),
});
/** A coronal Cobb angle. */
export type CoronalCobb = z.infer<typeof coronalCobbSchema>;

/** Who may correct findings. */
export const CORRECTION_AUTHORS = ['radiologist', 'physician', 'radiographer'] as const;

/** The finding model: everything the kernel says of one study version. Written as `findings.json`. */
export const studyFindingsSchema = z.object({
  schema: z.literal('endplate.findings/1'),
  studyInstanceUID: uidTextSchema,
  version: z.number().int().positive(),
  /** sha256 over the sorted SOP Instance UIDs and content digests of the version. */
  digest: z.string(),
  /** The version that this one replaces. */
  predecessorVersion: z.number().int().positive().optional(),
  /** Present where a reader corrected what the program had measured. */
  correction: z
    .object({
      authorRole: z.enum(CORRECTION_AUTHORS),
      /** What was changed, in words. */
      changed: z.array(z.string().max(200)).max(200),
    })
    .optional(),
  /** When the version was made (ISO 8601, UTC), from its manifest: doing the work twice gives the same bytes. */
  createdAt: z.iso.datetime(),
  software: softwareIdentitySchema,
  model: modelIdentitySchema,
  thresholdsVersion: z.string(),
  intendedUse: z.literal('Research and triage only. Not a diagnosis.'),
  outcome: z.discriminatedUnion('status', [
    z.object({ status: z.literal('analysed') }),
    z.object({ status: z.literal('not-analysed'), reason: reasonSchema }),
  ]),
  series: z.array(seriesUseSchema),
  labelling: labellingSchema.optional(),
  /** Sagittal Cobb angle from the superior endplate of L1 to that of S1, degrees, lying; positive is lordotic. */
  lumbarLordosisDeg: assessmentSchema(z.number()).optional(),
  /** The largest coronal Cobb angle of the vertebrae in view. */
  coronalCobb: assessmentSchema(coronalCobbSchema).optional(),
  /** Caudal to cranial. */
  vertebrae: z.array(vertebraFindingSchema).max(40),
  /** Caudal to cranial. */
  discs: z.array(discFindingSchema).max(40),
  /** Caudal to cranial. */
  endplates: z.array(endplateFindingSchema).max(80),
  /** Sentences about the whole study that a reader must see. */
  remarks: z.array(z.string()),
});
/** The finding model: everything the kernel says of one study version. */
export type StudyFindings = z.infer<typeof studyFindingsSchema>;
