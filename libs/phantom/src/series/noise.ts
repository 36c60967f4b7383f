import { type Rng } from '../random/rng';
import { blur } from '../slice/filter';

/**
 * Adds noise of the given standard deviation, correlated over about `grainPx` pixels as reconstruction kernels make it.
 *
 * @param rician - as in magnitude images: the noise of a second channel is added in quadrature
 */
export function addNoise(
  signal: Float32Array,
  columns: number,
  rows: number,
  sd: number,
  rng: Rng,
  options: { readonly grainPx: number; readonly rician: boolean },
): void {
  if (sd <= 0) return;
  const draw = (): Float32Array => {
    const field = new Float32Array(signal.length);
    for (let n = 0; n < field.length; n++) field[n] = rng.normal();
    if (options.grainPx > 0) blur(field, columns, rows, options.grainPx, options.grainPx);
    let power = 0;
    for (const v of field) power += v * v;
    const factor = sd / Math.sqrt(power / field.length);
    for (let n = 0; n < field.length; n++) field[n]! *= factor;
    return field;
  };
  const first = draw();
  const second = options.rician ? draw() : undefined;
  for (let n = 0; n < signal.length; n++) {
    const value = signal[n]! + first[n]!;
    signal[n] = second ? Math.hypot(value, second[n]!) : value;
  }
}
