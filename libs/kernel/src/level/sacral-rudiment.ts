import { THRESHOLDS } from '../thresholds';
import { type SpineChain } from './chain';
import { type InstanceMap, type SpineInstance } from './instance';
import { extentOf, middleSlicePoints } from './middle-slice';
import { looksSacral } from './sacral-shape';

/** Whether the lowest disc of a chain is the rudiment between the first two sacral segments. */
export interface RudimentCheck {
  readonly rudiment: boolean;
  /** It could be the lumbosacral disc as well: levels are not to be named. */
  readonly doubtful: boolean;
}

/**
 * Tells the rudiment between S1 and S2 from the lumbosacral disc by its depth: a rudiment reaches only part of the way from
 * front to back. A network that takes S1 for a lumbar body would otherwise put every level one too low. A collapsed
 * lumbosacral disc looks like a rudiment too, so the body above must look like S1, else levels are in doubt.
 */
export function checkRudiment(map: InstanceMap, chain: SpineChain): RudimentCheck {
  const of = (kind: SpineInstance['kind']): SpineInstance[] => map.instances.filter((one) => one.kind === kind);
  const [above, lowest] = of('disc').slice(-2);
  const [bodyAbove, body] = of('body').slice(-2);
  const kinds = chain.segments.map((segment) => segment.kind).slice(-5);
  const placed = kinds.join() === 'body,disc,body,disc,sacrum';
  if (!placed || !above || !lowest || !bodyAbove || !body || above.segment.cut || above.voxels === 0) {
    return { rudiment: false, doubtful: false };
  }
  const ratio = discDepthMm(map, lowest) / Math.max(discDepthMm(map, above), 1);
  const { rudimentDepth, doubtfulDepth } = THRESHOLDS.level;
  if (ratio >= rudimentDepth) return { rudiment: false, doubtful: false };
  const isSacral = looksSacral(map, { bodyAbove, discAbove: above, body, discBelow: lowest });
  return { rudiment: true, doubtful: ratio >= doubtfulDepth || !isSacral };
}

/** The chain with the lowest body, the rudiment under it and the sacrum as one sacrum. */
export function absorbRudiment(chain: SpineChain): SpineChain {
  const [body, , sacrum] = chain.segments.slice(-3) as [
    SpineChain['segments'][number],
    unknown,
    SpineChain['segments'][number],
  ];
  return { ...chain, segments: [...chain.segments.slice(0, -3), { ...sacrum, from: body.from }] };
}

/** Extent of a disc along its own long axis on the slice through its middle, 3rd to 97th percentile, mm. */
function discDepthMm(map: InstanceMap, disc: SpineInstance): number {
  const points = middleSlicePoints(map, disc);
  if (points.length < 8) return 0;
  const mean = (axis: 0 | 1): number => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  let [xx, xy, yy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += (x - mx) ** 2;
    xy += (x - mx) * (y - my);
    yy += (y - my) ** 2;
  }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  return extentOf(points.map(([x, y]) => x * Math.cos(angle) + y * Math.sin(angle)));
}
