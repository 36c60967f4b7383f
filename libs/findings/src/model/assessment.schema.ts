import { z } from 'zod';

/**
 * Reasons for which a finding is withheld. A stable code for machines, a sentence for people.
 * "Not assessable, because" is a value, never an error.
 */
export const REASON_CODES = [
  // study
  'NO_IMAGES', 'NO_PIXEL_DATA', 'LOCALISER_ONLY', 'MODALITY_NOT_SUPPORTED', 'GEOMETRY_MISSING', 'GEOMETRY_UNUSABLE', 'TOO_FEW_SLICES',
  'NO_SPINE_FOUND', 'PIXEL_DATA_UNREADABLE', 'SPACING_TOO_COARSE', 'ORIENTATION_NOT_SUPPORTED',
  // modality
  'NEEDS_CT', 'NEEDS_MR', 'NO_HU_SCALE', 'T1_MISSING', 'T2_MISSING', 'T2_FAT_SUPPRESSED', 'SEQUENCE_NOT_RECOGNISED', 'T1_T2_NOT_ALIGNED',
  // disc and endplate
  'DISC_TOO_THIN', 'DISC_PARTLY_OUTSIDE', 'DISC_TOO_SMALL', 'COVERAGE_INCOMPLETE', 'METAL', 'CONTRAST_AGENT', 'NOISE_TOO_HIGH', 'REFERENCE_UNSTABLE', 'NEIGHBOUR_MISSING',
  'SEGMENTATION_UNCERTAIN', 'TOO_FEW_SLICES_OF_STRUCTURE', 'NO_CSF_REFERENCE',
  // level
  'NO_SACRUM', 'LEVEL_AMBIGUOUS', 'TRANSITIONAL_VERTEBRA',
] as const; // prettier-ignore

/** Why something was not assessed. */
export const reasonSchema = z.object({
  code: z.enum(REASON_CODES),
  /** One English sentence that names what is missing; no patient data. */
  text: z.string().min(1),
});
/** Why something was not assessed. */
export type Reason = z.infer<typeof reasonSchema>;
/** Stable code of a {@link Reason}. */
export type ReasonCode = Reason['code'];

/** Either a measured value with its confidence, or the reason why there is none. */
export function assessmentSchema<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('status', [
    z.object({
      status: z.literal('assessed'),
      value,
      /** 0 to 1; the minimum of the checks that the kernel names in `docs/`. */
      confidence: z.number().min(0).max(1),
    }),
    z.object({ status: z.literal('not-assessed'), reason: reasonSchema }),
  ]);
}

/** Either a measured value with its confidence, or the reason why there is none. */
export type Assessment<T> =
  { status: 'assessed'; value: T; confidence: number } | { status: 'not-assessed'; reason: Reason };

/** An assessment that holds a value. */
export function assessed<T>(value: T, confidence: number): Assessment<T> {
  return { status: 'assessed', value, confidence };
}

/** An assessment that was withheld. */
export function notAssessed<T>(code: ReasonCode, text: string): Assessment<T> {
  return { status: 'not-assessed', reason: { code, text } };
}
