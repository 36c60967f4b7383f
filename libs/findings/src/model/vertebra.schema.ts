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
});
/** One vertebral body. */
export type VertebraFinding = z.infer<typeof vertebraFindingSchema>;
