import { z } from 'zod';
import { discLevelSchema } from '../level/level';
import { assessmentSchema } from './assessment.schema';
import { calcificationSchema, vacuumSchema } from './calcification.schema';
import { outlineSchema, pointLpsSchema } from './geometry.schema';
import { heightsSchema } from './vertebra.schema';

/** Signal of the disc on T2, as a ratio, and the Pfirrmann-like grade drawn from it (4 and 5 merged without height). */
export const discSignalSchema = z.object({
  /** Median T2 signal of the nucleus region over that of cerebrospinal fluid. */
  t2RatioToCsf: z.number().nonnegative(),
  /** 1 to 5, "like" because it is computed, not read (Pfirrmann et al. 2001, Spine 26:1873). */
  pfirrmannLike: z.number().int().min(1).max(5),
});
/** Signal of the disc on T2. */
export type DiscSignal = z.infer<typeof discSignalSchema>;

/** Forward or backward slip of the vertebra above on the one below, along the lower endplate. */
export const slipSchema = z.object({
  /** Positive: the upper vertebra lies anterior (anterolisthesis). */
  slipMm: z.number(),
  percentOfEndplate: z.number(),
});
/** Slip of one segment. */
export type Slip = z.infer<typeof slipSchema>;

/** One intervertebral disc. */
export const discFindingSchema = z.object({
  /** Stable inside the study: `disc-1` is the most caudal (lumbosacral) disc, counted upward. */
  id: z.string().regex(/^disc-[0-9]+$/),
  /** 1 for the most caudal disc, counted upward. */
  ordinal: z.number().int().positive(),
  /** Anatomical name, or null where naming would be a guess. */
  level: discLevelSchema.nullable(),
  /** Vertebrae above and below, by id, where they were found. */
  vertebraAboveId: z.string().nullable(),
  vertebraBelowId: z.string().nullable(),
  centroidLps: pointLpsSchema,
  /** Mid-sagittal first. */
  outlines: z.array(outlineSchema).max(8),
  /** Series on which the disc was found and measured. */
  seriesInstanceUID: z.string(),
  heights: assessmentSchema(heightsSchema),
  /** Mean disc height over the mean height of the neighbouring bodies (disc height index). */
  heightIndex: assessmentSchema(z.number().nonnegative()),
  /** Angle between the two endplates, degrees, positive when open anteriorly (lordotic). */
  wedgeDeg: assessmentSchema(z.number()),
  slip: assessmentSchema(slipSchema),
  calcification: assessmentSchema(calcificationSchema),
  vacuum: assessmentSchema(vacuumSchema),
  signal: assessmentSchema(discSignalSchema),
});
/** One intervertebral disc. */
export type DiscFinding = z.infer<typeof discFindingSchema>;
