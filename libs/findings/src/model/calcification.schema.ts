import { z } from 'zod';
import { pointLpsSchema } from './geometry.schema';

/** Where in the disc an island lies. */
export const calcificationSiteSchema = z.enum([
  'nucleus',
  'annulus-anterior',
  'annulus-posterior',
  'annulus-lateral',
  'endplate-adjacent',
]);

/** One connected island of calcification, on native voxels. */
export const calcificationIslandSchema = z.object({
  volumeMm3: z.number().positive(),
  centroidLps: pointLpsSchema,
  site: calcificationSiteSchema,
  meanHU: z.number(),
  p95HU: z.number().optional(),
  maxHU: z.number(),
});
/** One connected island of calcification. */
export type CalcificationIsland = z.infer<typeof calcificationIslandSchema>;

/** Dense tissue of the disc that is continuous with bone: what it may be, never part of the burden. */
export const apartPieceSchema = z.object({
  kind: z.enum(['endplate-continuous', 'osteophyte-candidate', 'bridge-candidate']),
  volumeMm3: z.number().positive(),
  centroidLps: pointLpsSchema,
});
/** Dense tissue of the disc that is continuous with bone. */
export type ApartPiece = z.infer<typeof apartPieceSchema>;

/** Calcification of one disc. CT only: MR can't show it. */
export const calcificationSchema = z.object({
  /** Whether at least one island inside the disc passed every rule. */
  present: z.boolean(),
  /** Sum over the islands, mm3, partial volume taken out, and that sum in per cent of the disc's volume. */
  volumeMm3: z.number().nonnegative(),
  percentOfDisc: z.number().nonnegative(),
  discVolumeMm3: z.number().nonnegative(),
  /** Over the calcified voxels; absent without any. */
  meanHU: z.number().optional(),
  p95HU: z.number().optional(),
  maxHU: z.number().optional(),
  islands: z.array(calcificationIslandSchema).max(256),
  /** Volume over 130, 160 and 200 HU in the same search region: how much the number hangs on the threshold. */
  sensitivityBandMm3: z.object({ over130: z.number(), over160: z.number(), over200: z.number() }),
  /** Dense voxels connected to bone: endplate-continuous, osteophyte or bridge candidate; never part of `volumeMm3`. */
  boneContinuousVolumeMm3: z.number().nonnegative(),
  /** Its pieces, the largest first. */
  boneContinuous: z.array(apartPieceSchema).max(64).optional(),
  /** Agatston-like score, so labelled: area in mm2 times density factor, per native slice, scaled to 3 mm. */
  agatstonLike: z.number().nonnegative(),
  /** Reference of this disc: median and 1.4826 MAD of the eroded core. */
  referenceMedianHU: z.number(),
  referenceSigmaHU: z.number().nonnegative(),
  /** Diameter of the smallest sphere that this series could have shown, mm. */
  smallestDetectableMm: z.number().positive(),
});
/** Calcification of one disc. */
export type Calcification = z.infer<typeof calcificationSchema>;

/** Gas in one disc. CT only. */
export const vacuumSchema = z.object({
  present: z.boolean(),
  volumeMm3: z.number().nonnegative(),
  minHU: z.number().optional(),
});
/** Gas in one disc. */
export type Vacuum = z.infer<typeof vacuumSchema>;
