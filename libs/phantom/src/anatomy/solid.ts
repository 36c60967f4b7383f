import { cross, distance, normalise, sub, type Vec3 } from '@endplate/dicom';
import { type Frame } from './frame';
import { type SpineClass } from './tissue';

/** A shape in its own frame: how deep inside it a local point lies, mm; negative outside. Exact only near the surface. */
export type DepthFunction = (l: number, p: number, u: number) => number;

/** What a solid does to the voxels it covers. Solids are painted in order; a later one covers an earlier one. */
export interface Paint {
  /** Tissue inside. */
  readonly core: number;
  /** Tissue of the outermost `shellMm`. */
  readonly shell?: number;
  readonly shellMm?: number;
  /** Tissue by place, instead of `core`. Local mm and depth mm. */
  readonly coreAt?: (l: number, p: number, u: number, depthMm: number) => number;
  /** Class given to what is painted; left as it was if undefined. */
  readonly spineClass?: SpineClass;
  /** Depth from which the class is given; above it voxels become background. */
  readonly classFromMm?: number;
  /** Instance number given together with the class. */
  readonly instance?: number;
  /** Paint only over these tissues (see `tissueSet`). */
  readonly over?: Uint8Array;
}

/** One thing in the body. */
export interface Solid extends Paint {
  readonly frame: Frame;
  /** Half extents of the box around it along left, posterior, up, mm. */
  readonly half: Vec3;
  readonly depth: DepthFunction;
  /** Largest change of `depth` per mm, where known: lets a raster take several points at once. */
  readonly steepness?: number;
}

/** Ellipsoid with the given half axes, mm. */
export function ellipsoid(frame: Frame, half: Vec3, paint: Paint): Solid {
  const [a, b, c] = half;
  const small = Math.min(a, b, c);
  return {
    ...paint,
    frame,
    half,
    steepness: 1.05,
    depth: (l, p, u) => (1 - Math.sqrt((l * l) / (a * a) + (p * p) / (b * b) + (u * u) / (c * c))) * small,
  };
}

/** Box with rounded edges (a superellipsoid of fourth order). */
export function roundedBox(frame: Frame, half: Vec3, paint: Paint): Solid {
  const [a, b, c] = half;
  const small = Math.min(a, b, c);
  return {
    ...paint,
    frame,
    half,
    steepness: 1.3,
    depth: (l, p, u) => {
      const x = (l * l) / (a * a);
      const y = (p * p) / (b * b);
      const z = (u * u) / (c * c);
      return (1 - Math.sqrt(Math.sqrt(x * x + y * y + z * z))) * small;
    },
  };
}

/**
 * Rod between two points with an elliptical, linearly changing cross-section and rounded ends.
 *
 * @param wide - direction of the first half axis (made perpendicular to the rod)
 * @param from - half axes [along `wide`, across it] at the first point, mm
 * @param to - the same at the second point
 */
export function rod(
  start: Vec3,
  end: Vec3,
  wide: Vec3,
  from: readonly [number, number],
  to: readonly [number, number],
  paint: Paint,
): Solid {
  const up = normalise(sub(end, start));
  const posterior = normalise(cross(up, wide));
  const left = cross(posterior, up);
  const halfLength = distance(start, end) / 2;
  const origin: Vec3 = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2, (start[2] + end[2]) / 2];
  const cap = Math.max(Math.min(...from), Math.min(...to)) * 0.5;
  const [a0, b0] = from;
  const [a1, b1] = to;
  return {
    ...paint,
    frame: { origin, left, posterior, up },
    half: [Math.max(a0, a1), Math.max(b0, b1), halfLength + cap],
    depth: (l, p, u) => {
      const t = Math.min(1, Math.max(0, (u + halfLength) / (2 * halfLength)));
      const a = a0 + (a1 - a0) * t;
      const b = b0 + (b1 - b0) * t;
      const over = Math.max(0, Math.abs(u) - halfLength) / cap;
      return (1 - Math.sqrt((l * l) / (a * a) + (p * p) / (b * b) + over * over)) * Math.min(a, b);
    },
  };
}
