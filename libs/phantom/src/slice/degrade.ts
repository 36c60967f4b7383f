import { type Rng } from '../random/rng';
import { ValueNoise } from '../random/value-noise';
import { blur, quantile } from './filter';
import { type ContrastKind } from './contrast';

/** A picture that is being made worse, row-major, square pixels of 1 mm. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  readonly data: Float32Array;
}

/**
 * Blur, a coarser matrix, bias, coil fall-off, ghosts and noise as scanners have them. Changes the picture in place.
 *
 * @param rng - draws what neighbouring slices of one series share
 * @param grain - draws the noise, another one in each slice
 */
export function degrade(picture: Picture, kind: ContrastKind, rng: Rng, grain: Rng): void {
  const { data, columns, rows } = picture;
  const soft = rng.chance(0.75) ? rng.uniform(0.25, 0.75) : rng.uniform(0.6, 1.3);
  blur(data, columns, rows, soft * rng.uniform(0.8, 1.3), soft * rng.uniform(0.8, 1.3));
  if (kind === 'ct') {
    window(data, rng);
    if (rng.chance(0.3)) bias(picture, rng, 0.1);
  } else {
    if (rng.chance(0.25)) ghost(picture, rng);
    bias(picture, rng, rng.uniform(0, 0.4));
    if (rng.chance(0.55)) coil(picture, rng);
    if (rng.chance(0.25)) saturation(picture, rng);
  }
  if (rng.fork('matrix').chance(0.3)) resample(picture, rng.fork('matrix'));
  const high = Math.max(1e-6, quantile(data, 0.98));
  const level = rng.chance(0.6) ? rng.uniform(0, 0.035) : rng.uniform(0.02, 0.09);
  noise(picture, grain, level * high, kind !== 'ct' && rng.chance(0.8));
  if (rng.chance(0.4)) gamma(data, high, Math.exp(rng.normal(0, 0.28)));
  if (kind === 'random' && rng.chance(0.2)) for (let n = 0; n < data.length; n++) data[n] = high - data[n]!;
}

function window(data: Float32Array, rng: Rng): void {
  const low = rng.chance(0.5) ? rng.uniform(-300, -120) : rng.uniform(-1000, -150);
  const high = rng.uniform(350, 1400);
  for (let n = 0; n < data.length; n++) data[n] = (Math.min(high, Math.max(low, data[n]!)) - low) / (high - low);
}

function bias({ data, columns, rows }: Picture, rng: Rng, strength: number): void {
  const field = new ValueNoise(rng, rng.uniform(60, 140));
  const coarse = 16;
  const wide = Math.ceil(columns / coarse) + 2;
  const grid = new Float32Array(wide * (Math.ceil(rows / coarse) + 2));
  for (let n = 0; n < grid.length; n++)
    grid[n] = Math.exp(strength * field.at((n % wide) * coarse, Math.floor(n / wide) * coarse, 7));
  for (let row = 0; row < rows; row++) {
    const v = row / coarse;
    const j = Math.floor(v);
    for (let column = 0; column < columns; column++) {
      const u = column / coarse;
      const i = Math.floor(u);
      const at = j * wide + i;
      const top = grid[at]! + (grid[at + 1]! - grid[at]!) * (u - i);
      const low = grid[at + wide]! + (grid[at + wide + 1]! - grid[at + wide]!) * (u - i);
      data[row * columns + column]! *= top + (low - top) * (v - j);
    }
  }
}

/** A receive coil behind the back: signal falls towards the front, and towards head and foot. */
function coil({ data, columns, rows }: Picture, rng: Rng): void {
  const reach = rng.uniform(45, 220);
  const skin = columns * rng.uniform(0.75, 1);
  const middle = rows * rng.uniform(0.3, 0.7);
  const long = rng.uniform(120, 400);
  for (let row = 0; row < rows; row++) {
    const along = Math.exp(-(((row - middle) / long) ** 2));
    for (let column = 0; column < columns; column++)
      data[row * columns + column]! *= along * Math.exp(-Math.max(0, skin - column) / reach);
  }
}

/** A saturation band over the belly. */
function saturation({ data, columns, rows }: Picture, rng: Rng): void {
  const edge = columns * rng.uniform(0.08, 0.42);
  const tilt = rng.normal(0, 0.25);
  const depth = rng.uniform(0.02, 0.35);
  const soft = rng.uniform(2, 10);
  for (let row = 0; row < rows; row++) {
    const at = edge + tilt * (row - rows / 2);
    for (let column = 0; column < columns; column++) {
      const inside = 1 / (1 + Math.exp((column - at) / soft));
      data[row * columns + column]! *= 1 - inside * (1 - depth);
    }
  }
}

/** A shifted faint copy along the phase direction, as breathing and flow make it. */
function ghost({ data, columns, rows }: Picture, rng: Rng): void {
  const copy = data.slice();
  const vertical = rng.chance(0.5);
  const shift = rng.int(12, 70) * rng.sign();
  const weight = rng.uniform(0.02, 0.13);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const r = vertical ? (row + shift + rows) % rows : row;
      const c = vertical ? column : (column + shift + columns) % columns;
      data[row * columns + column]! += weight * copy[r * columns + c]!;
    }
  }
}

/** A coarser matrix than the picture's, brought back to its pixels by linear interpolation, as reconstructions do. */
function resample({ data, columns, rows }: Picture, rng: Rng): void {
  const copy = data.slice();
  const stepColumns = rng.uniform(1.1, 1.8);
  const stepRows = rng.chance(0.5) ? stepColumns : rng.uniform(1, 1.5);
  const read = (row: number, column: number): number => {
    const i = Math.min(columns - 2, Math.floor(column));
    const j = Math.min(rows - 2, Math.floor(row));
    const [u, v] = [Math.min(1, column - i), Math.min(1, row - j)];
    const at = j * columns + i;
    const top = copy[at]! + (copy[at + 1]! - copy[at]!) * u;
    const low = copy[at + columns]! + (copy[at + columns + 1]! - copy[at + columns]!) * u;
    return top + (low - top) * v;
  };
  for (let row = 0; row < rows; row++) {
    const y = row / stepRows;
    const above = Math.floor(y) * stepRows;
    const below = Math.min(rows - 1, above + stepRows);
    const v = y - Math.floor(y);
    for (let column = 0; column < columns; column++) {
      const x = column / stepColumns;
      const left = Math.floor(x) * stepColumns;
      const right = Math.min(columns - 1, left + stepColumns);
      const u = x - Math.floor(x);
      const top = read(above, left) * (1 - u) + read(above, right) * u;
      const low = read(below, left) * (1 - u) + read(below, right) * u;
      data[row * columns + column] = top * (1 - v) + low * v;
    }
  }
}

function noise({ data, columns, rows }: Picture, rng: Rng, sd: number, rician: boolean): void {
  // Gaussian deviates from a table of their own: drawing each one costs more than the rest of the picture.
  const table = new Float32Array(4096);
  for (let n = 0; n < table.length; n++) table[n] = rng.normal() * sd;
  const field = new Float32Array(data.length);
  for (let n = 0; n < field.length; n++) field[n] = table[(rng.next() * 4096) | 0]!;
  if (rng.chance(0.35)) {
    const wide = rng.uniform(0.4, 0.9);
    blur(field, columns, rows, wide, wide);
    for (let n = 0; n < field.length; n++) field[n]! *= 1 + 2 * wide;
  }
  for (let n = 0; n < data.length; n++) {
    const value = data[n]! + field[n]!;
    data[n] = rician ? Math.hypot(value, field[(n * 7919 + 13) % field.length]!) : value;
  }
}

function gamma(data: Float32Array, high: number, exponent: number): void {
  for (let n = 0; n < data.length; n++) data[n] = Math.max(0, data[n]! / high) ** exponent;
}
