import { Tag, type DataSet, type Vec3 } from '@endplate/dicom';
import { type Rescale } from './instance-header';

/** Rescale of a data set or of a Pixel Value Transformation item; absent if it is no pair of numbers. @standard PS3.3 C.11.1 */
export function rescaleOf(dataSet: DataSet): Rescale | undefined {
  const slope = dataSet.number(Tag.RescaleSlope);
  const intercept = dataSet.number(Tag.RescaleIntercept);
  if (slope === undefined || intercept === undefined || slope === 0) return undefined;
  const type = dataSet.string(Tag.RescaleType);
  return type === undefined ? { slope, intercept } : { slope, intercept, type };
}

/** Two positive numbers, or nothing. */
export function pair(values: readonly number[]): readonly [number, number] | undefined {
  const [first, second] = values;
  return first !== undefined && second !== undefined && first > 0 && second > 0 ? [first, second] : undefined;
}

/** Three numbers, or nothing. */
export function triple(values: readonly number[]): Vec3 | undefined {
  const [x, y, z] = values;
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}

/** The list if it has that many numbers, or nothing. */
export function exactly(values: readonly number[], count: number): readonly number[] | undefined {
  return values.length === count ? values : undefined;
}

/** An object without the keys whose value is undefined. */
export function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
