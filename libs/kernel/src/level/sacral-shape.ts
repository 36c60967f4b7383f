import { THRESHOLDS } from '../thresholds';
import { type InstanceMap, type SpineInstance } from './instance';
import { extentOf, middleSlicePoints, spanOf } from './middle-slice';

/** A body that is taken for the first sacral segment, the discs at both of its ends, and the body above. */
export interface LowestBodies {
  readonly bodyAbove: SpineInstance;
  readonly discAbove: SpineInstance;
  readonly body: SpineInstance;
  readonly discBelow: SpineInstance;
}

type Point = readonly [number, number];

/** Stretches of a body clear of its endplates, in shares of its height. */
const UPPER = [0.1, 0.35] as const;
const LOWER = [0.65, 0.9] as const;

/**
 * Whether a body has the shape of a first sacral segment: its axis turns backward from that of the body above, and it is
 * shallower at its lower end than that body, and hardly deeper there than at its own upper end. A lumbar body over a
 * collapsed disc has not.
 */
export function looksSacral(map: InstanceMap, { bodyAbove, discAbove, body, discBelow }: LowestBodies): boolean {
  const { sacralTurnDeg, sacralDepthRatio, sacralTaper } = THRESHOLDS.level;
  const axisAbove = direction(place(map, bodyAbove), place(map, discAbove));
  const axis = direction(place(map, discAbove), place(map, discBelow));
  const turnDeg = ((slope(axis) - slope(axisAbove)) * 180) / Math.PI;
  const lower = depthMm(map, body, axis, LOWER);
  return (
    turnDeg >= sacralTurnDeg &&
    lower <= sacralDepthRatio * depthMm(map, bodyAbove, axisAbove, LOWER) &&
    lower <= sacralTaper * depthMm(map, body, axis, UPPER)
  );
}

/** Centroid within the slice, [posterior, caudal], mm. */
function place({ spacingMm }: InstanceMap, { centroid }: SpineInstance): Point {
  return [centroid[0] * spacingMm[0], centroid[1] * spacingMm[1]];
}

function direction([px, py]: Point, [qx, qy]: Point): Point {
  const length = Math.hypot(qx - px, qy - py) || 1;
  return [(qx - px) / length, (qy - py) / length];
}

/** Angle from caudal towards posterior, radians. */
const slope = ([posterior, caudal]: Point): number => Math.atan2(posterior, caudal);

/** Depth of a stretch of a body across an axis on the slice through its middle, 3rd to 97th percentile, mm. */
function depthMm(map: InstanceMap, body: SpineInstance, [ax, ay]: Point, stretch: Point): number {
  const points = middleSlicePoints(map, body).map(([x, y]): Point => [x * ax + y * ay, y * ax - x * ay]);
  const [top, bottom] = spanOf(
    points.map(([along]) => along),
    0.02,
  ) ?? [0, 0];
  const share = (along: number): number => (along - top) / Math.max(bottom - top, 1);
  const inside = points.filter(([along]) => share(along) >= stretch[0] && share(along) <= stretch[1]);
  return extentOf(inside.map(([, across]) => across));
}
