import { type SpineInstance, type InstanceMap } from '../level/instance';
import { interpolateProbabilities, type ProbabilityStack } from '../segment/probability-stack';
import { CLASS, SPINE_CLASSES } from '../segment/spine-class';
import { labelExtents } from '../shape/label-extent';
import { planeFrame, type PlaneFrame, type PlanePoint } from './plane-frame';
import { median } from './statistics';

/** Upper and lower border of one structure on one sagittal slice, in its own frame, mm. */
export interface StructureProfile {
  readonly slice: number;
  readonly frame: PlaneFrame;
  /** Positions along the endplates, mm, anterior (negative) to posterior, evenly spaced. */
  readonly u: readonly number[];
  /** Upper (cranial) border per position; w is negative above the frame's origin. */
  readonly top: readonly number[];
  readonly bottom: readonly number[];
  /** Anterior and posterior end at mid-height. */
  readonly from: number;
  readonly to: number;
  /** Posterior end near the upper and the lower border, where a slip is read. */
  readonly posteriorTop: number;
  readonly posteriorBottom: number;
  readonly areaMm2: number;
}

const STEP_MM = 0.5;
const MAX_HALF_DEPTH_MM = 30;
const MAX_HALF_HEIGHT_MM = 26;
/** How far from an endplate the posterior wall is taken as its corner. */
const CORNER_INWARD_MM = 2.5;

/**
 * Profiles of an instance on every slice where it covers at least a quarter of its largest area.
 *
 * @param caudal - direction of the spine at the instance in the slice, [column, row]
 */
export function structureProfiles(
  stack: ProbabilityStack,
  map: InstanceMap,
  instance: SpineInstance,
  caudal: PlanePoint,
): readonly StructureProfile[] {
  const sections = sliceSections(map, instance.label);
  const largest = Math.max(0, ...sections.map((s) => s.area));
  const tracer = new BorderTracer(stack, map, instance);
  return sections
    .filter((s) => s.area >= 0.25 * largest)
    .map((s) => tracer.trace(s.slice, planeFrame(s.centre, caudal), s.area))
    .filter((profile) => profile !== undefined);
}

/** The profiles through the middle of a structure: those that cover at least a share of its largest area. */
export function widestProfiles(profiles: readonly StructureProfile[], share: number): readonly StructureProfile[] {
  const largest = Math.max(0, ...profiles.map(({ areaMm2 }) => areaMm2));
  return profiles.filter(({ areaMm2 }) => areaMm2 >= share * largest);
}

interface Section {
  readonly slice: number;
  readonly centre: PlanePoint;
  /** mm2 */
  readonly area: number;
}

function sliceSections(map: InstanceMap, label: number): Section[] {
  const extent = labelExtents(map.labels, map.dims)[label];
  if (!extent) return [];
  const [columns, rows] = map.dims;
  const [dx, dy] = map.spacingMm;
  const { low, high } = extent;
  const sections: Section[] = [];
  for (let k = low[2]; k <= high[2]; k++) {
    let [n, x, y] = [0, 0, 0];
    for (let r = low[1]; r <= high[1]; r++) {
      const from = (k * rows + r) * columns;
      for (let c = low[0]; c <= high[0]; c++) {
        if (map.labels[from + c] !== label) continue;
        n++;
        x += c;
        y += r;
      }
    }
    if (n > 0) sections.push({ slice: k, centre: [(x / n) * dx, (y / n) * dy], area: n * dx * dy });
  }
  return sections;
}

/** Finds where the probability of a structure falls below that of everything else, to a fraction of a voxel. */
class BorderTracer {
  private readonly p = new Float32Array(SPINE_CLASSES.length);

  constructor(
    private readonly stack: ProbabilityStack,
    private readonly map: InstanceMap,
    private readonly instance: SpineInstance,
  ) {}

  trace(slice: number, frame: PlaneFrame, area: number): StructureProfile | undefined {
    const [from, to] = [this.march(frame, slice, 0, 0, -1, 0), this.march(frame, slice, 0, 0, 1, 0)];
    if (from === undefined || to === undefined || to + from < 6) return undefined;
    const u: number[] = [];
    const top: number[] = [];
    const bottom: number[] = [];
    const first = Math.ceil((-from + 0.5) / STEP_MM);
    const last = Math.floor((to - 0.5) / STEP_MM);
    for (let n = first; n <= last; n++) {
      const up = this.march(frame, slice, n * STEP_MM, 0, 0, -1);
      const down = this.march(frame, slice, n * STEP_MM, 0, 0, 1);
      if (up === undefined || down === undefined) continue;
      u.push(n * STEP_MM);
      top.push(-up);
      bottom.push(down);
    }
    if (u.length < 8) return undefined;
    const behind = (border: readonly number[], inward: number): number => {
      const w = border[Math.floor(border.length * 0.85)]! + inward;
      const start = 0.5 * to;
      const rest = this.march(frame, slice, start, w, 1, 0);
      return rest === undefined ? to : start + rest;
    };
    const [posteriorTop, posteriorBottom] = [behind(top, CORNER_INWARD_MM), behind(bottom, -CORNER_INWARD_MM)];
    return trimEnds({ slice, frame, u, top, bottom, from: -from, to, posteriorTop, posteriorBottom, areaMm2: area });
  }

  /** Distance from (u, w) along (du, dw) to the border, mm; undefined when the start lies outside. */
  private march(frame: PlaneFrame, slice: number, u: number, w: number, du: number, dw: number): number | undefined {
    const limit = du === 0 ? MAX_HALF_HEIGHT_MM : MAX_HALF_DEPTH_MM;
    let previous = this.margin(frame, slice, u, w);
    if (!(previous > 0)) return undefined;
    for (let d = STEP_MM; d <= limit; d += STEP_MM) {
      const value = this.margin(frame, slice, u + d * du, w + d * dw);
      if (value <= 0) return d - STEP_MM * (1 - previous / (previous - value));
      previous = value;
    }
    return limit;
  }

  /** Probability of the structure less the largest of the others; negative off the instance. */
  private margin(frame: PlaneFrame, slice: number, u: number, w: number): number {
    const [dx, dy] = this.stack.spacingMm;
    const c = (frame.origin[0] + u * frame.posterior[0] + w * frame.caudal[0]) / dx;
    const r = (frame.origin[1] + u * frame.posterior[1] + w * frame.caudal[1]) / dy;
    if (!this.near(c, r, slice) || !interpolateProbabilities(this.stack, c, r, slice, this.p)) return -1;
    const bone = this.p[CLASS.body]! + this.p[CLASS.sacrum]!;
    const disc = this.p[CLASS.disc]!;
    const rest = Math.max(this.p[CLASS.background]!, this.p[CLASS.canal]!, this.p[CLASS.posterior]!);
    return this.instance.kind === 'disc' ? disc - Math.max(bone, rest) : bone - Math.max(disc, rest);
  }

  /** Whether one of the four voxels around the point belongs to the instance. */
  private near(c: number, r: number, slice: number): boolean {
    const { labels, dims } = this.map;
    const { label } = this.instance;
    const [right, lower] = [Math.min(Math.ceil(c), dims[0] - 1), Math.min(Math.ceil(r), dims[1] - 1)];
    for (let y = Math.max(Math.floor(r), 0); y <= lower; y++) {
      const row = (slice * dims[1] + y) * dims[0];
      for (let x = Math.max(Math.floor(c), 0); x <= right; x++) if (labels[row + x] === label) return true;
    }
    return false;
  }
}

/** Leaves out positions at both ends where the structure is less than half as high as in its middle. */
function trimEnds(profile: StructureProfile): StructureProfile | undefined {
  const heights = profile.u.map((_, n) => profile.bottom[n]! - profile.top[n]!);
  const wanted = 0.5 * median(heights);
  const first = heights.findIndex((h) => h >= wanted);
  const last = heights.findLastIndex((h) => h >= wanted);
  if (first < 0 || last - first < 7) return undefined;
  const cut = (values: readonly number[]): readonly number[] => values.slice(first, last + 1);
  return { ...profile, u: cut(profile.u), top: cut(profile.top), bottom: cut(profile.bottom) };
}
