import { add, scale, type Vec3 } from '@endplate/dicom';

/** A place and three orthonormal directions in LPS: local left, posterior and up. */
export interface Frame {
  readonly origin: Vec3;
  readonly left: Vec3;
  readonly posterior: Vec3;
  readonly up: Vec3;
}

/** Axis-parallel frame at a point. */
export function frameAt(origin: Vec3): Frame {
  return { origin, left: [1, 0, 0], posterior: [0, 1, 0], up: [0, 0, 1] };
}

/** The point at local (l, p, u) mm. */
export function pointIn(frame: Frame, l: number, p: number, u: number): Vec3 {
  const { origin, left, posterior, up } = frame;
  return [
    origin[0] + left[0] * l + posterior[0] * p + up[0] * u,
    origin[1] + left[1] * l + posterior[1] * p + up[1] * u,
    origin[2] + left[2] * l + posterior[2] * p + up[2] * u,
  ];
}

/** The same directions at local (l, p, u) mm. */
export function moved(frame: Frame, l: number, p: number, u: number): Frame {
  return { ...frame, origin: pointIn(frame, l, p, u) };
}

/** Turned about the local left axis; positive lifts the posterior side (radians). */
export function pitched(frame: Frame, angle: number): Frame {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return {
    ...frame,
    posterior: add(scale(frame.posterior, c), scale(frame.up, s)),
    up: add(scale(frame.up, c), scale(frame.posterior, -s)),
  };
}

/** Turned about the local posterior axis; positive lifts the left side (radians). */
export function rolled(frame: Frame, angle: number): Frame {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return {
    ...frame,
    left: add(scale(frame.left, c), scale(frame.up, s)),
    up: add(scale(frame.up, c), scale(frame.left, -s)),
  };
}

/** Turned about the local up axis; positive moves the left side backwards (radians). */
export function yawed(frame: Frame, angle: number): Frame {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return {
    ...frame,
    left: add(scale(frame.left, c), scale(frame.posterior, s)),
    posterior: add(scale(frame.posterior, c), scale(frame.left, -s)),
  };
}

/** Local coordinates (l, p, u) mm of an LPS point. */
export function localOf(frame: Frame, point: Vec3): Vec3 {
  const x = point[0] - frame.origin[0];
  const y = point[1] - frame.origin[1];
  const z = point[2] - frame.origin[2];
  const along = (axis: Vec3): number => x * axis[0] + y * axis[1] + z * axis[2];
  return [along(frame.left), along(frame.posterior), along(frame.up)];
}
