import { type TrainingSlice } from './training-slice';
import { TRAINING_BODY_CLASS_FROM_CORTEX } from './training-slice';

/** Description of a set of shards, written as `index.json` beside them. */
export interface ShardIndex {
  readonly format: 'endplate-slices-1';
  readonly seed: number;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly spacingMm: number;
  readonly classes: readonly string[];
  readonly bodyClassFromCortex: number;
  readonly shards: readonly {
    readonly images: string;
    readonly labels: string;
    /** Images of the slices beside, same order, and how far away each pair lies, mm. */
    readonly neighbours?: { readonly right: string; readonly left: string; readonly offsetsMm: readonly number[] };
    readonly count: number;
    readonly kinds: readonly string[];
  }[];
}

/** A file of a training set: a shard of images or labels (raw uint8, slice after slice, row-major), or the index. */
export interface ShardFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Packs slices into files, shard by shard, so that any number of slices costs the memory of one shard; the index comes
 * last.
 */
export function* packShards(slices: Iterable<TrainingSlice>, seed: number, perShard = 250): Generator<ShardFile> {
  const shards: ShardIndex['shards'][number][] = [];
  let rows = 0;
  let columns = 0;
  let held: TrainingSlice[] = [];
  const flush = function* (): Generator<ShardFile> {
    if (held.length === 0) return;
    const stem = String(shards.length).padStart(4, '0');
    const beside = held.flatMap((s) => s.neighbours ?? []);
    const whole = beside.length === held.length;
    const entry = {
      images: `images-${stem}.bin`,
      labels: `labels-${stem}.bin`,
      ...(whole
        ? {
            neighbours: {
              right: `right-${stem}.bin`,
              left: `left-${stem}.bin`,
              offsetsMm: beside.map((n) => Number(n.offsetMm.toFixed(2))),
            },
          }
        : {}),
      count: held.length,
      kinds: held.map((s) => s.kind),
    };
    shards.push(entry);
    yield { name: entry.images, bytes: Buffer.concat(held.map((s) => s.image)) };
    yield { name: entry.labels, bytes: Buffer.concat(held.map((s) => s.label)) };
    if (entry.neighbours) {
      yield { name: entry.neighbours.right, bytes: Buffer.concat(beside.map((n) => n.right)) };
      yield { name: entry.neighbours.left, bytes: Buffer.concat(beside.map((n) => n.left)) };
    }
    held = [];
  };
  for (const slice of slices) {
    rows = slice.rows;
    columns = slice.columns;
    held.push(slice);
    if (held.length === perShard) yield* flush();
  }
  yield* flush();
  const index: ShardIndex = {
    format: 'endplate-slices-1',
    seed,
    count: shards.reduce((sum, shard) => sum + shard.count, 0),
    rows,
    columns,
    spacingMm: 1,
    classes: ['background', 'vertebral-body', 'disc', 'sacrum', 'canal', 'posterior-elements'],
    bodyClassFromCortex: TRAINING_BODY_CLASS_FROM_CORTEX,
    shards,
  };
  yield { name: 'index.json', bytes: Buffer.from(`${JSON.stringify(index)}\n`) };
}
