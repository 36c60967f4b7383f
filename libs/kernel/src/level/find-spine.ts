import { type Vec3 } from '@endplate/dicom';
import { type ProbabilityStack } from '../segment/probability-stack';
import { THRESHOLDS } from '../thresholds';
import { findCentreline, type CentrelinePoint } from './centreline';
import { findChain, type ChainPair, type ChainSegment, type SpineChain } from './chain';
import { growInstances } from './grow-instances';
import { type InstanceMap } from './instance';
import { weighLateralSupport } from './lateral-support';
import { nameChain, type NamedChain } from './labelling';
import { spineProfile, type SpineProfile } from './profile';
import { rerouteIntoSacrum } from './reroute';
import { weighExpectedShape } from './shape-prior';
import { absorbRudiment, checkRudiment } from './sacral-rudiment';
import { splitSacrum } from './split-sacrum';

/** The spine of one segmented stack. */
export interface FoundSpine {
  readonly line: readonly CentrelinePoint[];
  readonly map: InstanceMap;
  readonly named: NamedChain;
}

/**
 * Centreline, chain, instances and level names of a segmented stack.
 *
 * @param stack - its probabilities are adjusted where holes are filled and discs recovered
 * @param thickSlices - the slices are thick and were acquired as such, so that those at the sides only graze the
 *   spine; true on MR, where the network begins the sacrum too low as well
 * @param signals - grey values of MR series that lie on the stack, by LPS point: they show where the first sacral segment ends
 * @returns undefined when no spine is found
 */
export function findSpine(
  stack: ProbabilityStack,
  thickSlices: boolean,
  signals: readonly ((p: Vec3) => number | undefined)[] = [],
): FoundSpine | undefined {
  const first = findCentreline(stack);
  if (!first || first.length < THRESHOLDS.level.bodyHeightMm) return undefined;
  const { line, profile, pair } = followSpine(stack, first);
  if (!pair) return undefined;
  const best = trimChain(pair.best);
  if (best.segments.filter((s) => s.kind === 'body').length === 0) return undefined;
  const evidence = { grid: stack, line, profile, signals };
  const parted = splitSacrum(best, evidence);
  if (thickSlices) weighLateralSupport(stack);
  if (thickSlices) weighExpectedShape(stack, growInstances(stack, line, parted, thickSlices), line);
  const map = growInstances(stack, line, parted, thickSlices);
  const { rudiment, doubtful } = checkRudiment(map, best);
  if (!rudiment) return { line, map, named: nameChain({ ...pair, best }) };
  const whole = absorbRudiment(best);
  return {
    line,
    map: growInstances(stack, line, splitSacrum(whole, evidence), thickSlices),
    named: nameChain({ ...pair, best: whole }, doubtful),
  };
}

interface Followed {
  readonly line: readonly CentrelinePoint[];
  readonly profile: SpineProfile;
  readonly pair: ChainPair | undefined;
}

/** Profile and chain along a line, and once more along the line that turns into the sacrum where it missed it. */
function followSpine(stack: ProbabilityStack, line: readonly CentrelinePoint[]): Followed {
  const profile = spineProfile(stack, line);
  const pair = findChain(profile);
  const turned = pair && rerouteIntoSacrum(stack, line, pair.best);
  if (!turned) return { line, profile, pair };
  const turnedProfile = spineProfile(stack, turned);
  const turnedPair = findChain(turnedProfile);
  if (turnedPair?.best.segments.at(-1)?.kind !== 'sacrum') return { line, profile, pair };
  return { line: turned, profile: turnedProfile, pair: turnedPair };
}

/** Drops what the chain took in at its cranial end without the network's support. */
function trimChain(chain: SpineChain): SpineChain {
  let first = 0;
  const weak = (s: ChainSegment): boolean => s.support < THRESHOLDS.level.minBodyProbability;
  while (first < chain.segments.length - 1 && weak(chain.segments[first]!)) first++;
  return { ...chain, segments: chain.segments.slice(first) };
}
