import { z } from 'zod';
import { KernelModelBundleError } from '../errors';
import { SPINE_CLASSES } from './spine-class';

const modelBundleSchema = z.object({
  name: z.string().min(1).max(64),
  version: z.string().min(1).max(64),
  licence: z.string().min(1),
  attribution: z.union([z.string(), z.array(z.string())]).optional(),
  /** Name of the model file beside bundle.json; no folder. */
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  input: z.object({
    name: z.string().min(1),
    channels: z.union([z.literal(1), z.literal(3)]),
    channelOffsetMm: z.number().nonnegative().default(0),
    spacingMm: z.literal(1),
    multipleOf: z.number().int().min(1).max(256),
    normalisation: z.literal('zscore-per-slice'),
    orientation: z.literal('rows superior to inferior, columns anterior to posterior'),
  }),
  output: z.object({ name: z.string().min(1), activation: z.enum(['softmax', 'none']) }),
  classes: z.array(z.enum(SPINE_CLASSES)).length(SPINE_CLASSES.length),
});

/** What a bundle.json says of a network. */
export type ModelBundle = z.infer<typeof modelBundleSchema>;

/**
 * Checks the contents of a bundle.json.
 *
 * @param json - the parsed file
 * @throws {@link KernelModelBundleError} `KERNEL_MODEL_BUNDLE` with every fault in one sentence
 */
export function parseModelBundle(json: unknown): ModelBundle {
  const parsed = modelBundleSchema.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'bundle'}: ${issue.message}`);
    throw new KernelModelBundleError(`bundle.json does not fit this kernel: ${faults.join('; ')}`);
  }
  if (new Set(parsed.data.classes).size !== SPINE_CLASSES.length) {
    throw new KernelModelBundleError('bundle.json does not fit this kernel: classes: one is listed twice');
  }
  return parsed.data;
}
