import { type Vec3 } from '@endplate/dicom';
import { rod, type Paint, type Solid } from './solid';

/** A place along a tube and its half axes there [across, the other way], mm. */
export interface TubePoint {
  readonly at: Vec3;
  readonly half: readonly [number, number];
}

/**
 * A tube along points, made of rods. The wall is painted along the whole length before the inside, so that no wall lies
 * across the tube where rods meet.
 *
 * @param wide - direction of the first half axis
 */
export function tube(points: readonly TubePoint[], wide: Vec3, paint: Paint): Solid[] {
  const { shell, shellMm = 1, ...inside } = paint;
  const rods = (shrink: number, look: Paint): Solid[] =>
    points.slice(1).map((to, n) => {
      const from = points[n]!;
      const less = (half: readonly [number, number]): [number, number] => [
        Math.max(0.2, half[0] - shrink),
        Math.max(0.2, half[1] - shrink),
      ];
      return rod(from.at, to.at, wide, less(from.half), less(to.half), look);
    });
  if (shell === undefined) return rods(0, inside);
  const { coreAt: _coreAt, ...plain } = inside;
  return [...rods(0, { ...plain, core: shell }), ...rods(shellMm, inside)];
}
