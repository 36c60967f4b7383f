import { z } from 'zod';
import { vertebraLevelSchema } from '../level/level';
import { assessmentSchema } from './assessment.schema';
import { outlineSchema, pointLpsSchema } from './geometry.schema';

/** A round lesion of the marrow nearest to an endplate: focal marrow lesion, not Modic (a haemangioma, for example). */
export const focalMarrowLesionSchema = z.object({
  /** Largest area on one sagittal slice, mm2, and number of slices. */
  areaMm2: z.number().positive(),
  sliceCount: z.number().int().positive(),
  centroidLps: pointLpsSchema,
  touchesEndplate: z.boolean(),
});
/** A round lesion of the marrow that is no Modic change. */
export type FocalMarrowLesion = z.infer<typeof focalMarrowLesionSchema>;

/**
 * Modic change of one endplate, from T1 and T2 of one frame of reference (Modic et al. 1988, Radiology 166:193).
 * Type 3 is at most "possible": MR alone can't prove sclerosis.
 */
export const modicSchema = z.object({
  type: z.enum(['none', '1', '2', '3-possible', 'mixed']),
  /** With `mixed`: the two types, the larger first. */
  mixedOf: z.tuple([z.enum(['1', '2', '3-possible']), z.enum(['1', '2', '3-possible'])]).optional(),
  /** Median signal of the lesion (or of the whole band without one) over that of the reference marrow. */
  t1Ratio: z.number().nonnegative(),
  t2Ratio: z.number().nonnegative(),
  /** Largest area on one sagittal slice, mm2, and number of slices on which the change is seen. */
  areaMm2: z.number().nonnegative(),
  sliceCount: z.number().int().nonnegative(),
  /** Height of the change in per cent of the body's height. */
  heightPercent: z.number().nonnegative(),
  /** Length of contact with the endplate over the endplate's length, 0 to 1. */
  apFraction: z.number().min(0).max(1),
  /** Sentences that must accompany the finding, for example "infection and tumour not excluded" with type 1. */
  caveats: z.array(z.string()),
  /** Seen in the marrow of this vertebra nearer to this endplate; its `type` is then told without it. */
  focalLesion: focalMarrowLesionSchema.optional(),
  outlines: z.array(outlineSchema).max(8),
});
/** Modic change of one endplate. */
export type Modic = z.infer<typeof modicSchema>;

/** One endplate: the superior or inferior one of a vertebra, facing a disc. */
export const endplateFindingSchema = z.object({
  /** `<vertebra id>-superior` or `<vertebra id>-inferior`. */
  id: z.string(),
  vertebraId: z.string(),
  /** Disc that it faces. */
  discId: z.string(),
  position: z.enum(['superior', 'inferior']),
  /** Level of the vertebra that it belongs to, or null where naming would be a guess. */
  vertebraLevel: vertebraLevelSchema.nullable(),
  modic: assessmentSchema(modicSchema),
});
/** One endplate. */
export type EndplateFinding = z.infer<typeof endplateFindingSchema>;
