import {
  affineColumn,
  affineFromColumns,
  applyAffine,
  add,
  cross,
  dot,
  length,
  normalise,
  scale,
  type Affine,
  type Vec3,
} from '@endplate/dicom';
import { type Volume } from '../volume/volume';

/** A grid of sagittal slices in patient space. */
export interface SagittalGrid {
  /** Columns, rows, slices. */
  readonly dims: readonly [columns: number, rows: number, slices: number];
  /** Between rows, between columns, between slices (along their normal), mm. */
  readonly spacingMm: readonly [rowMm: number, colMm: number, sliceMm: number];
  /** (column, row, slice), zero-based, pixel centres -\> LPS mm. */
  readonly affine: Affine;
}

/** What part of a volume, and how fine. */
export interface SagittalOptions {
  /** Distance of rows and of columns, mm; one number for both. */
  readonly inPlaneMm: number | readonly [rowMm: number, columnMm: number];
  /** Distance of slices, mm; `native` keeps the planes of a volume that is sagittal, and is the default there. */
  readonly sliceMm?: number | 'native';
  /** Only slices whose middle lies between these patient x coordinates (LPS, left is positive), mm. */
  readonly slab?: { readonly minXMm?: number; readonly maxXMm?: number };
}

/** Planes whose normal is nearer to left-right than this are sagittal, 35 degrees. */
const SAGITTAL_COSINE = Math.cos((35 * Math.PI) / 180);
/** Slice distance for volumes that are not sagittal, mm. */
const DEFAULT_SLICE_MM = 2;

/** True if the planes of the volume are sagittal within 35 degrees. */
export function isSagittal(volume: Pick<Volume, 'ijkToLps'>): boolean {
  const normal = normalise(cross(affineColumn(volume.ijkToLps, 0), affineColumn(volume.ijkToLps, 1)));
  return Math.abs(normal[0]) >= SAGITTAL_COSINE;
}

/** The grid of sagittal slices over a volume: its own planes if it is sagittal, else planes of the patient. */
export function sagittalGrid(volume: Volume, options: SagittalOptions): SagittalGrid {
  const { sliceMm = 'native' } = options;
  if (sliceMm === 'native' && isSagittal(volume)) return nativeGrid(volume, options);
  return patientGrid(volume, options, sliceMm === 'native' ? DEFAULT_SLICE_MM : sliceMm);
}

/** The distance of rows and of columns. */
export function inPlanePair(inPlaneMm: SagittalOptions['inPlaneMm']): readonly [rowMm: number, columnMm: number] {
  return typeof inPlaneMm === 'number' ? [inPlaneMm, inPlaneMm] : inPlaneMm;
}

/** Keeps the planes; in them, columns run to posterior and rows to inferior, slices to the left. */
function nativeGrid(volume: Volume, { inPlaneMm, slab }: SagittalOptions): SagittalGrid {
  const { ijkToLps, dims } = volume;
  const [rowMm, columnMm] = inPlanePair(inPlaneMm);
  const [i, j, k] = [affineColumn(ijkToLps, 0), affineColumn(ijkToLps, 1), affineColumn(ijkToLps, 2)];
  const columnsAlongI =
    Math.abs(normalise(i)[1]) + Math.abs(normalise(j)[2]) >= Math.abs(normalise(j)[1]) + Math.abs(normalise(i)[2]);
  const column = nativeAxis(columnsAlongI ? i : j, dims[columnsAlongI ? 0 : 1], [0, 1, 0], columnMm);
  const row = nativeAxis(columnsAlongI ? j : i, dims[columnsAlongI ? 1 : 0], [0, 0, -1], rowMm);
  const leftward = k[0] >= 0;
  const step = leftward ? k : scale(k, -1);
  const centre = applyAffine(ijkToLps, [(dims[0] - 1) / 2, (dims[1] - 1) / 2, leftward ? 0 : dims[2] - 1]);
  const [first, slices] = slabRange(dims[2], centre[0], step[0], slab);
  const origin = [add(centre, scale(step, first)), column.toFirst, row.toFirst].reduce(add);
  const sliceMm = Math.abs(dot(step, normalise(cross(i, j))));
  return {
    dims: [column.count, row.count, slices],
    spacingMm: [rowMm, columnMm, sliceMm],
    affine: affineFromColumns(column.step, row.step, step, origin),
  };
}

function nativeAxis(
  axis: Vec3,
  count: number,
  towards: Vec3,
  stepMm: number,
): { step: Vec3; count: number; toFirst: Vec3 } {
  const direction = scale(normalise(axis), dot(axis, towards) >= 0 ? 1 : -1);
  const outCount = Math.max(1, Math.round((length(axis) * count) / stepMm));
  return { step: scale(direction, stepMm), count: outCount, toFirst: scale(direction, (-(outCount - 1) / 2) * stepMm) };
}

/** First index and number of the slices whose middle lies in the slab. */
function slabRange(count: number, x0: number, stepX: number, slab: SagittalOptions['slab']): [number, number] {
  const { minXMm = -Infinity, maxXMm = Infinity } = slab ?? {};
  const inside = Array.from({ length: count }, (_, n) => n).filter((n) => {
    const x = x0 + n * stepX;
    return x >= minXMm && x <= maxXMm;
  });
  // A slab beside the volume gives the nearest slice rather than nothing.
  const first = inside[0] ?? (x0 > maxXMm ? 0 : count - 1);
  return [first, Math.max(1, inside.length)];
}

/** Planes of constant patient x over the box around the volume. */
function patientGrid(volume: Volume, { inPlaneMm, slab }: SagittalOptions, sliceMm: number): SagittalGrid {
  const { low, high } = boundingBox(volume);
  const [rowMm, columnMm] = inPlanePair(inPlaneMm);
  const minX = Math.min(Math.max(low[0], slab?.minXMm ?? -Infinity), high[0]);
  const maxX = Math.max(Math.min(high[0], slab?.maxXMm ?? Infinity), minX);
  const count = (extent: number, step: number): number => Math.max(1, Math.round(extent / step));
  const slices = count(maxX - minX, sliceMm);
  const columns = count(high[1] - low[1], columnMm);
  const rows = count(high[2] - low[2], rowMm);
  const first = (a: number, b: number, n: number, step: number): number => (a + b) / 2 - ((n - 1) / 2) * step;
  const origin: Vec3 = [
    first(minX, maxX, slices, sliceMm),
    first(low[1], high[1], columns, columnMm),
    first(low[2], high[2], rows, rowMm) + (rows - 1) * rowMm,
  ];
  return {
    dims: [columns, rows, slices],
    spacingMm: [rowMm, columnMm, sliceMm],
    affine: affineFromColumns([0, columnMm, 0], [0, 0, -rowMm], [sliceMm, 0, 0], origin),
  };
}

/** Box around all voxels, borders included, LPS mm. */
function boundingBox(volume: Volume): { low: Vec3; high: Vec3 } {
  const [ni, nj, nk] = volume.dims;
  const corners = [-0.5, ni - 0.5].flatMap((i) =>
    [-0.5, nj - 0.5].flatMap((j) => [-0.5, nk - 0.5].map((k) => applyAffine(volume.ijkToLps, [i, j, k]))),
  );
  const bound = (pick: (...values: number[]) => number): Vec3 => [
    pick(...corners.map((p) => p[0])),
    pick(...corners.map((p) => p[1])),
    pick(...corners.map((p) => p[2])),
  ];
  return { low: bound(Math.min), high: bound(Math.max) };
}
