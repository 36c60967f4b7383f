import { type DiscAxes, type DiscBox } from './disc-box';
import { type PointSpread } from './point-spread';

/** What calcification and gas need to know of a disc. */
export interface DiscOnCt {
  readonly box: DiscBox;
  readonly axes: DiscAxes;
  readonly spread: PointSpread;
  /** Height in the middle, mm. */
  readonly heightMm: number;
  /** 0 to 1: how plausible the outline of the disc is. */
  readonly outlineConfidence: number;
  /** 0 to 1: how sure the level is. */
  readonly labelConfidence: number;
}
