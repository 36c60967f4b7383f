import { z } from 'zod';
import { vertebraLevelSchema } from '../level/level';
import { assessmentSchema } from './assessment.schema';
import { outlineSchema, pointLpsSchema } from './geometry.schema';

/** Heights of a vertebral body or a disc, in mm, along its own axis on native voxels. */
export const heightsSchema = z.object({
  anteriorMm: z.number().nonnegative(),
  middleMm: z.number().nonnegative(),
  posteriorMm: z.number().nonnegative(),
});
/** Heights of a vertebral body or a disc, in mm. */
export type Heights = z.infer<typeof heightsSchema>;

/** The deepest local dent of one endplate, of which a Schmorl node is the most frequent cause. */
export const endplateDefectSchema = z.object({
  /** Whether it is as deep as the threshold. */
  present: z.boolean(),
  /** How far the endplate falls behind the smooth curve through the rest of it, mm. */
  depthMm: z.number().nonnegative(),
  /** From front to back on the slice where it is deepest, mm. */
  lengthMm: z.number().nonnegative(),
  /** Slices on which it is as deep as the threshold. */
  sliceCount: z.number().int().nonnegative(),
});
/** The deepest local dent of one endplate. */
export type EndplateDefect = z.infer<typeof endplateDefectSchema>;

/** One vertebral body (or the first sacral segment). */
export const vertebraFindingSchema = z.object({
  /** Stable inside the study: `vertebra-1` is the most caudal mobile vertebra, counted upward; the sacrum is `sacrum`. */
  id: z.string().regex(/^(vertebra-[0-9]+|sacrum)$/),
  /** 1 for the most caudal mobile vertebra, counted upward; 0 for the sacrum. */
  ordinal: z.number().int().nonnegative(),
  /** Anatomical name, or null where naming would be a guess. */
  level: vertebraLevelSchema.nullable(),
  centroidLps: pointLpsSchema,
  outlines: z.array(outlineSchema).max(8),
  heights: assessmentSchema(heightsSchema),
  /** Body wedge: (posterior - anterior) / posterior height, in per cent. */
  wedgePercent: z.number().optional(),
  /** Local dents of its endplates; on MR where marrow and disc differ enough on T1 or T2. */
  endplateDefects: z
    .object({ superior: assessmentSchema(endplateDefectSchema), inferior: assessmentSchema(endplateDefectSchema) })
    .optional(),
});
/** One vertebral body. */
export type VertebraFinding = z.infer<typeof vertebraFindingSchema>;
