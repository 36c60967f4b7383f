import { cross, dot, normalise, sub, type Vec3 } from '@endplate/dicom';
import { type Solid } from './solid';

/** A grid of points in a plane: centre of the first one, and the steps along columns and rows, LPS mm. */
export interface RasterPlane {
  readonly origin: Vec3;
  readonly columnStep: Vec3;
  readonly rowStep: Vec3;
  readonly columns: number;
  readonly rows: number;
}

/** What lies at each point of a plane, row-major. */
export interface Raster {
  readonly columns: number;
  readonly rows: number;
  /** Tissue numbers. */
  readonly tissue: Uint8Array;
  /** Classes of the network. */
  readonly spineClass: Uint8Array;
  /** Instance numbers; 0 where there is none. */
  readonly instance: Uint8Array;
}

/** An empty raster to paint into. */
export function createRaster(columns: number, rows: number): Raster {
  const size = columns * rows;
  return {
    columns,
    rows,
    tissue: new Uint8Array(size),
    spineClass: new Uint8Array(size),
    instance: new Uint8Array(size),
  };
}

/**
 * Paints solids in order into a plane. Every point is decided by its position alone, so any plane cuts the same body.
 *
 * @param raster - overwritten; of the plane's size
 */
export function rasterise(
  solids: readonly Solid[],
  plane: RasterPlane,
  raster = createRaster(plane.columns, plane.rows),
): Raster {
  raster.tissue.fill(0);
  raster.spineClass.fill(0);
  raster.instance.fill(0);
  const normal = normalise(cross(plane.columnStep, plane.rowStep));
  for (const solid of solids) paintSolid(solid, plane, normal, raster);
  return raster;
}

function paintSolid(solid: Solid, plane: RasterPlane, normal: Vec3, raster: Raster): void {
  const { frame, half } = solid;
  const axes = [frame.left, frame.posterior, frame.up] as const;
  const reach = (direction: Vec3): number =>
    Math.abs(dot(axes[0], direction)) * half[0] +
    Math.abs(dot(axes[1], direction)) * half[1] +
    Math.abs(dot(axes[2], direction)) * half[2];
  const offset = sub(frame.origin, plane.origin);
  if (Math.abs(dot(offset, normal)) > reach(normal)) return;
  const [first, last] = span(offset, plane.rowStep, reach, plane.rows);
  const [left, right] = span(offset, plane.columnStep, reach, plane.columns);
  if (first > last || left > right) return;
  const base = sub(plane.origin, frame.origin);
  const o = axes.map((axis) => dot(base, axis)) as [number, number, number];
  const c = axes.map((axis) => dot(plane.columnStep, axis)) as [number, number, number];
  const r = axes.map((axis) => dot(plane.rowStep, axis)) as [number, number, number];
  for (let row = first; row <= last; row++) {
    const l = o[0] + r[0] * row;
    const p = o[1] + r[1] * row;
    const u = o[2] + r[2] * row;
    // The part of the row inside the solid's box.
    let from = left;
    let to = right;
    for (let axis = 0; axis < 3; axis++) {
      const start = axis === 0 ? l : axis === 1 ? p : u;
      const step = c[axis]!;
      const limit = half[axis]!;
      if (Math.abs(step) < 1e-9) {
        if (Math.abs(start) > limit) to = -1;
        continue;
      }
      const a = (-limit - start) / step;
      const b = (limit - start) / step;
      from = Math.max(from, Math.ceil(Math.min(a, b)));
      to = Math.min(to, Math.floor(Math.max(a, b)));
    }
    if (from <= to) paintRow(solid, raster, row * raster.columns, from, to, l, p, u, c[0], c[1], c[2]);
  }
}

function paintRow(
  solid: Solid,
  raster: Raster,
  base: number,
  from: number,
  to: number,
  l0: number,
  p0: number,
  u0: number,
  dl: number,
  dp: number,
  du: number,
): void {
  // prettier-ignore
  const { depth, core, shell, coreAt, over, spineClass, instance = 0 } = solid;
  const shellMm = shell === undefined ? 0 : (solid.shellMm ?? 1);
  const classFrom = solid.classFromMm ?? 0;
  const { tissue, spineClass: classes, instance: instances } = raster;
  const stride = solid.steepness === undefined ? 0 : 1 / (solid.steepness * Math.hypot(dl, dp, du));
  const plain = coreAt === undefined && classFrom <= shellMm;
  for (let column = from; column <= to; column++) {
    const at = base + column;
    if (over !== undefined && over[tissue[at]!] === 0) continue;
    const l = l0 + dl * column;
    const p = p0 + dp * column;
    const u = u0 + du * column;
    const inside = depth(l, p, u);
    if (inside < 0) {
      column += Math.floor(-inside * stride);
      continue;
    }
    const sure = plain ? Math.min(to, column + Math.floor((inside - shellMm) * stride)) : 0;
    if (sure > column) {
      fillCore(solid, raster, at, base + sure);
      column = sure;
      continue;
    }
    tissue[at] = inside < shellMm ? shell! : coreAt === undefined ? core : coreAt(l, p, u, inside);
    if (spineClass === undefined) continue;
    const classed = inside >= classFrom;
    classes[at] = classed ? spineClass : 0;
    instances[at] = classed ? instance : 0;
  }
}

/** Paints points that are known to lie in the core. */
function fillCore({ core, over, spineClass, instance = 0 }: Solid, raster: Raster, from: number, to: number): void {
  for (let at = from; at <= to; at++) {
    if (over !== undefined && over[raster.tissue[at]!] === 0) continue;
    raster.tissue[at] = core;
    if (spineClass === undefined) continue;
    raster.spineClass[at] = spineClass;
    raster.instance[at] = instance;
  }
}

function span(offset: Vec3, step: Vec3, reach: (direction: Vec3) => number, count: number): [number, number] {
  const squared = dot(step, step);
  const middle = dot(offset, step) / squared;
  const around = reach(step) / squared;
  return [Math.max(0, Math.floor(middle - around)), Math.min(count - 1, Math.ceil(middle + around))];
}
