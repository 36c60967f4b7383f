/** Colours of a segment, sRGB, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** White point D50, to which the encoding refers. */
const WHITE = [0.96422, 1, 0.82521] as const;
/** Linear sRGB (D65) to XYZ, adapted to D50 by Bradford (Lindbloom). */
const TO_XYZ = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const;

/**
 * sRGB as Recommended Display CIELab Value: L* from 0 to 100, a* and b* from -128 to 127, each over 0 to 65535.
 *
 * @standard PS3.3 C.10.7.1.1
 */
export function cieLab(rgb: Rgb): [number, number, number] {
  const linear = rgb.map((value) => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  const [x = 0, y = 0, z = 0] = TO_XYZ.map((row, axis) => {
    const t = (row[0] * linear[0]! + row[1] * linear[1]! + row[2] * linear[2]!) / WHITE[axis]!;
    return t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116;
  });
  return [encode(116 * y - 16, 0, 100), encode(500 * (x - y), -128, 127), encode(200 * (y - z), -128, 127)];
}

function encode(value: number, low: number, high: number): number {
  return Math.round((Math.min(high, Math.max(low, value)) - low) * (65535 / (high - low)));
}
