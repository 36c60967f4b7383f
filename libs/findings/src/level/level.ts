import { z } from 'zod';

/** Vertebrae that Endplate can name, cranial to caudal. L6 and S1..S3 occur with transitional anatomy. */
export const VERTEBRA_LEVELS = [
  'T8', 'T9', 'T10', 'T11', 'T12', 'T13', 'L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'S1', 'S2', 'S3',
] as const; // prettier-ignore

/** Anatomical name of one vertebra, for example `L4`. */
export const vertebraLevelSchema = z.enum(VERTEBRA_LEVELS);
/** Anatomical name of one vertebra, for example `L4`. */
export type VertebraLevel = z.infer<typeof vertebraLevelSchema>;

/** Discs that Endplate can name, cranial to caudal, each as `<vertebra above>/<vertebra below>`. */
export const DISC_LEVELS = [
  'T8/T9', 'T9/T10', 'T10/T11', 'T11/T12', 'T12/L1', 'L1/L2', 'L2/L3', 'L3/L4', 'L4/L5', 'L5/S1', 'L4/S1', 'L5/L6', 'L6/S1', 'T12/T13', 'T13/L1', 'S1/S2', 'S2/S3',
] as const; // prettier-ignore

/** Anatomical name of one disc, for example `L4/L5`. */
export const discLevelSchema = z.enum(DISC_LEVELS);
/** Anatomical name of one disc, for example `L4/L5`. */
export type DiscLevel = z.infer<typeof discLevelSchema>;

/** The disc between two named vertebrae, or undefined where that pair has no name. */
export function discBetween(above: VertebraLevel, below: VertebraLevel): DiscLevel | undefined {
  const parsed = discLevelSchema.safeParse(`${above}/${below}`);
  return parsed.success ? parsed.data : undefined;
}

const VERTEBRAE_UPWARD: readonly VertebraLevel[] = [
  'S1',
  'L5',
  'L4',
  'L3',
  'L2',
  'L1',
  'T12',
  'T11',
  'T10',
  'T9',
  'T8',
];

/** The level a number of vertebrae or discs above another, with five lumbar vertebrae; undefined beyond what can be named. */
export function levelAbove<T extends VertebraLevel | DiscLevel>(level: T, count: number): T | undefined {
  const discs = VERTEBRAE_UPWARD.slice(1).flatMap((above, n) => discBetween(above, VERTEBRAE_UPWARD[n]!) ?? []);
  const upward: readonly string[] = level.includes('/') ? discs : VERTEBRAE_UPWARD;
  const at = upward.indexOf(level);
  return at < 0 ? undefined : (upward[at + count] as T | undefined);
}
