import { z } from 'zod';

/** A UID as text; the rooms that create or send one check it against PS3.5 9.1. */
export const uidTextSchema = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)*$/)
  .max(64);

/** A point in the patient coordinate system, [x, y, z] in mm, LPS (PS3.3 C.7.6.2.1.1). */
export const pointLpsSchema = z.tuple([z.number(), z.number(), z.number()]);
/** A point in the patient coordinate system, [x, y, z] in mm, LPS. */
export type PointLps = z.infer<typeof pointLpsSchema>;

/** One source image: the pair that a DICOM reference needs. `frameNumber` counts from 1 (multi-frame only). */
export const imageReferenceSchema = z.object({
  sopClassUID: uidTextSchema,
  sopInstanceUID: uidTextSchema,
  frameNumber: z.number().int().positive().optional(),
});
/** One source image. */
export type ImageReference = z.infer<typeof imageReferenceSchema>;

/**
 * A closed outline of a structure.
 *
 * `pointsLps` is always there, in the structure's own sagittal plane. `image` is there when that plane is one of the
 * source images; its `points` are [column, row] in image pixels, the top left corner of the top left pixel being 0\\0
 * (PS3.3 C.18.6.1.1), first point not repeated.
 */
export const outlineSchema = z.object({
  frameOfReferenceUID: uidTextSchema.optional(),
  pointsLps: z.array(pointLpsSchema).min(3).max(512),
  image: z
    .object({
      reference: imageReferenceSchema,
      points: z
        .array(z.tuple([z.number(), z.number()]))
        .min(3)
        .max(512),
    })
    .optional(),
});
/** A closed outline of a structure. */
export type Outline = z.infer<typeof outlineSchema>;
