import { z } from 'zod';
import { KernelModelBundleError } from '../errors';
import { modelFaults } from './bundle-rules';
import { SPINE_CLASSES } from './spine-class';

const ORIENTATION = 'rows superior to inferior, columns anterior to posterior';
const MAX_CHANNELS = 4;
const MAX_LABELS = 128;

const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'the second number must be larger');
const over = z.enum(['slice', 'volume']);
const sizes = z.array(z.number().int().min(8).max(512)).min(2).max(3);

const normalisationSchema = z.union([
  z.literal('zscore-per-slice'),
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('zscore'), over }),
    z.object({ kind: z.literal('fixed'), mean: z.number(), sd: z.number().positive(), clip: range.optional() }),
    z.object({ kind: z.literal('percentiles'), low: z.number().min(0), high: z.number().max(100), over }),
    z.object({ kind: z.literal('window'), lowHU: z.number(), highHU: z.number(), to: range.optional() }),
  ]),
]);

const inputSchema = z.object({
  name: z.string().min(1),
  /** 2: slices [n, c, a, b]; 3: blocks [n, c, a, b, c]. */
  dimensions: z.union([z.literal(2), z.literal(3)]).optional(),
  channels: z.number().int().min(1).max(MAX_CHANNELS),
  /** Above 0: three channels are a slice and its neighbours this far away, mm; 0: every channel is the slice itself. */
  channelOffsetMm: z.number().nonnegative().max(20).default(0),
  /** One number, or one per axis of the tensor in its order. */
  spacingMm: z.union([z.number().min(0.3).max(4), z.array(z.number().min(0.3).max(6)).min(2).max(3)]),
  multipleOf: z.number().int().min(1).max(256),
  /** One for all channels, or one each. */
  normalisation: z.union([normalisationSchema, z.array(normalisationSchema).min(1).max(MAX_CHANNELS)]),
  /** The sentence above, or a letter per tensor axis: where its index runs to (Left, Right, Superior, Inferior, Anterior, Posterior). */
  orientation: z.union([z.literal(ORIENTATION), z.string().regex(/^[LRSIAP]{2,3}$/)]),
  modalities: z
    .array(z.enum(['CT', 'MR']))
    .min(1)
    .optional(),
  /** Sliding window; without it a 2-D network sees whole slices. */
  patch: z
    .object({
      size: sizes,
      overlap: z.number().min(0).max(0.75).default(0.5),
      weighting: z.enum(['gaussian', 'even']).default('gaussian'),
    })
    .optional(),
});

const modelBundleSchema = z
  .object({
    name: z.string().min(1).max(64),
    version: z.string().min(1).max(64),
    licence: z.string().min(1),
    attribution: z.union([z.string(), z.array(z.string())]).optional(),
    /** Name of the model file beside bundle.json; no folder. */
    file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    input: inputSchema,
    output: z.object({
      name: z.string().min(1),
      /** What the file has applied already. */
      activation: z.enum(['softmax', 'sigmoid', 'none']),
      /** Channels are regions that may overlap, later ones lie over earlier ones; there is no background channel. */
      regions: z.boolean().optional(),
    }),
    /** Our classes in the order of the channels, each once. */
    classes: z.array(z.enum(SPINE_CLASSES)).length(SPINE_CLASSES.length).optional(),
    /** In place of `classes`: the network's own labels in the order of the channels, and the class each belongs to. */
    labels: z
      .array(z.object({ name: z.string().min(1).max(64), class: z.enum(SPINE_CLASSES) }))
      .min(1)
      .max(MAX_LABELS)
      .optional(),
  })
  .superRefine((bundle, context) => {
    for (const { path, message } of modelFaults(bundle)) context.addIssue({ code: 'custom', path, message });
  });

/** What a bundle.json says of a network. */
export type ModelBundle = z.infer<typeof modelBundleSchema>;
/** What a network wants to be fed with. */
export type ModelInput = ModelBundle['input'];
/** How the grey values of one channel are brought to the network's scale. */
export type Normalisation = z.infer<typeof normalisationSchema>;

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
  return parsed.data;
}
