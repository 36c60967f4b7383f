import { z } from 'zod';
import { imageReferenceSchema, uidTextSchema } from './geometry.schema';
import { type KeySlice } from './key-slice';

/** Edge of the largest picture that is read back, pixels. */
const MAX_EDGE = 4096;

const keyOutlineSchema = z.object({
  kind: z.enum([
    'vertebral-body',
    'disc',
    'sacrum',
    'canal',
    'calcification',
    'vacuum',
    'modic-1',
    'modic-2',
    'modic-3-possible',
    'modic-mixed',
  ]),
  findingId: z.string().max(64),
  label: z.string().max(64).optional(),
  points: z.array(z.tuple([z.number(), z.number()])).max(16384),
});

/** One {@link KeySlice} in JSON: the grey bytes are base64, row-major, and as many as the picture has pixels. */
const keySliceSchema = z
  .object({
    kind: z.enum(['overview', 'disc']),
    discId: z.string().max(64).optional(),
    seriesInstanceUID: uidTextSchema,
    reference: imageReferenceSchema,
    sources: z.array(imageReferenceSchema).max(65536),
    width: z.int().min(1).max(MAX_EDGE),
    height: z.int().min(1).max(MAX_EDGE),
    grey: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
    spacingMm: z.number().positive(),
    outlines: z.array(keyOutlineSchema).max(1024),
    caption: z.string().max(256),
  })
  .refine(({ width, height, grey }) => grey.length === width * height, 'grey has another size than the picture');

const keySlicesSchema = z.object({
  schema: z.literal('endplate.key-slices/1'),
  studyInstanceUID: uidTextSchema,
  version: z.int().min(1),
  slices: z.array(keySliceSchema).max(64),
});

/** The key slices of one study version, from which its pictures are drawn. */
export interface KeySliceFile {
  readonly studyInstanceUID: string;
  readonly version: number;
  readonly slices: readonly KeySlice[];
}

/** Key slices as the text of `key-slices.json`, which lies beside `findings.json`. */
export function encodeKeySlices(file: KeySliceFile): string {
  const slices = file.slices.map((slice) => ({ ...slice, grey: Buffer.from(slice.grey).toString('base64') }));
  return `${JSON.stringify({ schema: 'endplate.key-slices/1', ...file, slices })}\n`;
}

/**
 * Reads the text of `key-slices.json`.
 * @throws ZodError, and SyntaxError for what is no JSON
 */
export function parseKeySlices(text: string): KeySliceFile {
  const { studyInstanceUID, version, slices } = keySlicesSchema.parse(JSON.parse(text));
  // zod gives `undefined` for what is absent, which our types keep apart.
  return { studyInstanceUID, version, slices: slices as readonly KeySlice[] };
}
