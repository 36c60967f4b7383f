import { applyAffine, composeAffine, invertAffine, type Affine, type Vec3 } from '@endplate/dicom';
import { interpolateProbabilities, type ProbabilityStack } from '../segment/probability-stack';
import { CLASS, SPINE_CLASSES } from '../segment/spine-class';
import { mostProbableTissue, tissueOf } from '../segment/tissue';
import { labelExtents } from '../shape/label-extent';
import { type InstanceMap } from './instance';
import { clampFloor, LineOfCells } from './line-of-cells';

/** A native grid: [ni, nj, nk] voxels and (i, j, k) -\> LPS mm. */
export interface NativeGrid {
  readonly dims: readonly [number, number, number];
  readonly ijkToLps: Affine;
}

/** Classes and instances on the part of a native grid that holds the spine; layout as in `LabelMap`. */
export interface NativeLabels extends NativeGrid {
  readonly offset: readonly [number, number, number];
  readonly classes: Uint8Array;
  readonly instances: Uint8Array;
}

const MARGIN = 3;

/**
 * Carries the instances over to a series' own voxels: class probabilities are interpolated there, so that borders follow
 * the native grid, and each voxel joins the instance around it.
 *
 * @returns undefined when the grid does not meet the instances
 */
export function nativeLabels(grid: NativeGrid, stack: ProbabilityStack, map: InstanceMap): NativeLabels | undefined {
  const box = nativeBox(grid, map);
  if (!box) return undefined;
  const [offset, dims] = box;
  const toNative: Affine = [1, 0, 0, offset[0], 0, 1, 0, offset[1], 0, 0, 1, offset[2], 0, 0, 0, 1];
  const ijkToLps = composeAffine(grid.ijkToLps, toNative);
  const toStack = composeAffine(invertAffine(stack.affine), ijkToLps);
  const labels = new Uint8Array(dims[0] * dims[1] * dims[2]);
  const classes = new Uint8Array(labels.length);
  const painter = new Painter(stack, map);
  const [c0, cj, ck, c1] = toStack as unknown as Quad;
  const [r0, rj, rk, r1] = toStack.slice(4) as unknown as Quad;
  const [s0, sj, sk, s1] = toStack.slice(8) as unknown as Quad;
  const last = dims[0] - 1;
  for (let k = 0, at = 0; k < dims[2]; k++) {
    for (let j = 0; j < dims[1]; j++, at += dims[0]) {
      const column = (i: number): number => c0 * i + cj * j + ck * k + c1;
      const row = (i: number): number => r0 * i + rj * j + rk * k + r1;
      if (painter.isEmpty(column(0), column(last), row(0), row(last))) continue;
      // Rows across the slices stay on one line of cells.
      if (c0 === 0 && r0 === 0) painter.startLine(column(0), row(0));
      for (let i = 0; i <= last; i++) {
        const slice = s0 * i + sj * j + sk * k + s1;
        const packed = c0 === 0 && r0 === 0 ? painter.onLine(slice) : painter.at(column(i), row(i), slice);
        if (packed === 0) continue;
        classes[at + i] = packed >> 8;
        labels[at + i] = packed & 255;
      }
    }
  }
  return { dims, offset, ijkToLps, classes, instances: labels };
}

type Triple = readonly [number, number, number];
type Quad = readonly [number, number, number, number];

function nativeBox(grid: NativeGrid, map: InstanceMap): [Triple, Triple] | undefined {
  const extents = labelExtents(map.labels, map.dims).filter((extent) => extent !== undefined);
  if (extents.length === 0) return undefined;
  const low = [0, 1, 2].map((axis) => Math.min(...extents.map((extent) => extent.low[axis]!)));
  const high = [0, 1, 2].map((axis) => Math.max(...extents.map((extent) => extent.high[axis]!)));
  // Room for the canal behind the bodies.
  high[0] = high[0]! + 30;
  const toNative = composeAffine(invertAffine(grid.ijkToLps), map.affine);
  const from = [Infinity, Infinity, Infinity];
  const to = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner++) {
    const p = [0, 1, 2].map((axis) => (corner & (1 << axis) ? high[axis]! + 1 : low[axis]! - 1)) as unknown as Vec3;
    applyAffine(toNative, p).forEach((value, axis) => {
      from[axis] = Math.min(from[axis]!, value);
      to[axis] = Math.max(to[axis]!, value);
    });
  }
  const offset = from.map((value) => Math.max(0, Math.floor(value) - MARGIN));
  const end = to.map((value, axis) => Math.min(grid.dims[axis]! - 1, Math.ceil(value) + MARGIN));
  const dims = end.map((value, axis) => value - offset[axis]! + 1);
  return dims.every((n) => n > 0) ? [offset as unknown as Triple, dims as unknown as Triple] : undefined;
}

/** What a {@link Painter} knows of a cell: not looked at yet, or corners that differ; else its packed answer and 1. */
const UNSEEN = 0;
const MIXED = 0xffff;

/** Decides class and instance at fractional stack positions; packs them as `class << 8 | instance`. */
class Painter {
  private readonly kinds: readonly (number | undefined)[];
  /** Labels that are a class but no instance of their own: the sacrum below its first segment. */
  private readonly unnamed = new Set<number>();
  private readonly tissue: Uint8Array;
  /** Per cell between eight voxels, by its lowest one: native voxels are finer, so that each is met many times. */
  private readonly cells: Uint16Array;
  /** 1 where a column and row hold anything but background on one of the slices. */
  private readonly touched: Uint8Array;
  private readonly p = new Float32Array(SPINE_CLASSES.length);
  private readonly line: LineOfCells;

  constructor(
    private readonly stack: ProbabilityStack,
    private readonly map: InstanceMap,
  ) {
    const kinds: number[] = [];
    for (const { label, kind } of map.instances) {
      kinds[label] = kind === 'body' ? CLASS.body : kind === 'disc' ? CLASS.disc : CLASS.sacrum;
      if (kind === 'lower-sacrum') this.unnamed.add(label);
    }
    this.kinds = kinds;
    this.line = new LineOfCells(stack);
    this.tissue = tissueOf(stack);
    this.cells = new Uint16Array(map.labels.length);
    const plane = map.dims[0] * map.dims[1];
    this.touched = new Uint8Array(plane);
    for (let from = 0; from < map.labels.length; from += plane) {
      for (let p = 0; p < plane; p++) {
        if (this.tissue[from + p] !== CLASS.background || map.labels[from + p] !== 0) this.touched[p] = 1;
      }
    }
  }

  /** Whether a straight line between two columns and two rows meets background alone, whatever its slices. */
  isEmpty(c0: number, c1: number, r0: number, r1: number): boolean {
    const [columns, rows] = this.stack.dims;
    const right = Math.min(clampFloor(Math.max(c0, c1), columns) + 1, columns - 1);
    const lower = Math.min(clampFloor(Math.max(r0, r1), rows) + 1, rows - 1);
    for (let r = clampFloor(Math.min(r0, r1), rows); r <= lower; r++) {
      for (let c = clampFloor(Math.min(c0, c1), columns); c <= right; c++) {
        if (this.touched[r * columns + c] === 1) return false;
      }
    }
    return true;
  }

  /** Fixes column and row for {@link Painter.onLine}. */
  startLine(c: number, r: number): void {
    this.line.start(c, r);
  }

  /** What {@link Painter.at} says at the column and row of the line. */
  onLine(s: number): number {
    const { c, r, first, inside } = this.line;
    const [columns, rows, slices] = this.stack.dims;
    if (!inside || !(s > -0.5 && s < slices - 0.5)) return 0;
    const at = clampFloor(s, slices) * columns * rows + first;
    const cell = this.cells[at]!;
    if (cell !== UNSEEN && cell !== MIXED) return cell - 1;
    if (cell === UNSEEN) return this.at(c, r, s);
    this.line.interpolate(s, this.p);
    return this.decide(c, r, s);
  }

  at(c: number, r: number, s: number): number {
    const [columns, rows, slices] = this.stack.dims;
    if (!(c > -0.5 && r > -0.5 && s > -0.5 && c < columns - 0.5 && r < rows - 0.5 && s < slices - 0.5)) return 0;
    const c0 = clampFloor(c, columns);
    const r0 = clampFloor(r, rows);
    const k0 = clampFloor(s, slices);
    const first = (k0 * rows + r0) * columns + c0;
    let cell = this.cells[first]!;
    if (cell === UNSEEN) cell = this.cells[first] = this.look(c0, r0, k0);
    if (cell !== MIXED) return cell - 1;
    interpolateProbabilities(this.stack, c, r, s, this.p);
    return this.decide(c, r, s);
  }

  /** Class and instance from the probabilities at a point. */
  private decide(c: number, r: number, s: number): number {
    const found = mostProbableTissue(this.p);
    if (found !== CLASS.body && found !== CLASS.disc) return this.pack(found, 0);
    const [columns, rows, slices] = this.stack.dims;
    const [c0, r0, k0] = [clampFloor(c, columns), clampFloor(r, rows), clampFloor(s, slices)];
    const high: Triple = [Math.min(c0 + 1, columns - 1), Math.min(r0 + 1, rows - 1), Math.min(k0 + 1, slices - 1)];
    return this.pack(found, this.nearestLabel(found, [c, r, s], [c0, r0, k0], high));
  }

  /** One answer for the whole cell where its corners agree. */
  private look(c0: number, r0: number, k0: number): number {
    const [columns, rows, slices] = this.stack.dims;
    const right = c0 + 1 < columns ? 1 : 0;
    const down = r0 + 1 < rows ? columns : 0;
    const over = k0 + 1 < slices ? columns * rows : 0;
    const first = (k0 * rows + r0) * columns + c0;
    const tissue = this.tissue[first]!;
    const label = this.map.labels[first]!;
    for (let corner = 1; corner < 8; corner++) {
      const at = first + (corner & 1 ? right : 0) + (corner & 2 ? down : 0) + (corner & 4 ? over : 0);
      if (this.tissue[at] !== tissue || this.map.labels[at] !== label) return MIXED;
    }
    return this.pack(tissue, label) + 1;
  }

  private pack(tissue: number, label: number): number {
    const kind = this.kinds[label];
    if (label !== 0 && kind !== undefined) return (kind << 8) | (this.unnamed.has(label) ? 0 : label);
    return tissue === CLASS.canal || tissue === CLASS.posterior ? tissue << 8 : 0;
  }

  /** The instance of the wanted tissue at the nearest corner of the cell, or 0. */
  private nearestLabel(tissue: number, p: Triple, low: Triple, high: Triple): number {
    const spacing = this.stack.spacingMm;
    let [best, label] = [Infinity, 0];
    let only = 0;
    for (let corner = 0; corner < 8; corner++) {
      const candidate = this.candidate(tissue, corner, low, high);
      if (candidate === 0) continue;
      if (only === 0) only = candidate;
      else if (only !== candidate) only = -1;
    }
    if (only >= 0) return only;
    for (let corner = 0; corner < 8; corner++) {
      const candidate = this.candidate(tissue, corner, low, high);
      if (candidate === 0) continue;
      const c = corner & 1 ? high[0] : low[0];
      const r = corner & 2 ? high[1] : low[1];
      const k = corner & 4 ? high[2] : low[2];
      const d = Math.hypot((c - p[0]) * spacing[0], (r - p[1]) * spacing[1], (k - p[2]) * spacing[2]);
      if (d < best) [best, label] = [d, candidate];
    }
    return label;
  }

  /** The instance at a corner of a cell where it is of the wanted tissue, else 0. */
  private candidate(tissue: number, corner: number, low: Triple, high: Triple): number {
    const [columns, rows] = this.stack.dims;
    const c = corner & 1 ? high[0] : low[0];
    const r = corner & 2 ? high[1] : low[1];
    const k = corner & 4 ? high[2] : low[2];
    const label = this.map.labels[(k * rows + r) * columns + c]!;
    return label !== 0 && (this.kinds[label] === CLASS.disc) === (tissue === CLASS.disc) ? label : 0;
  }
}
