import { movedOutline, slicesBeside, turnedBorder, VOXEL_MOVES } from './moved-outline';
import { type MeasuredVertebra } from './spine-model';
import { type StructureProfile } from './structure-profile';

/** The middle profiles of two bodies as they might be as well. */
export interface MovedSegment {
  readonly above: readonly StructureProfile[];
  readonly below: readonly StructureProfile[];
}

/**
 * What two bodies would be if their outlines were off by a voxel: both further in or out, one in while the other is out, the
 * anterior end of either endplate up or down, and both read one slice beside.
 *
 * @param upperBorder - the border of the upper body that an angle is read from
 */
export function movedSegments(
  pair: { readonly above: MeasuredVertebra; readonly below: MeasuredVertebra },
  upperBorder: 'top' | 'bottom',
): MovedSegment[] {
  const { above, below } = pair;
  const grown = (profiles: readonly StructureProfile[], byMm: number): readonly StructureProfile[] =>
    profiles.map((profile) => movedOutline(profile, byMm));
  const turned = (
    profiles: readonly StructureProfile[],
    border: 'top' | 'bottom',
    byMm: number,
  ): readonly StructureProfile[] => profiles.map((profile) => turnedBorder(profile, border, byMm));
  const beside = [-1, 1].map((by) => ({ above: slicesBeside(above, by), below: slicesBeside(below, by) }));
  return [
    ...VOXEL_MOVES.flatMap((byMm) => [
      { above: grown(above.central, byMm), below: grown(below.central, byMm) },
      { above: grown(above.central, byMm), below: grown(below.central, -byMm) },
      { above: turned(above.central, upperBorder, byMm), below: below.central },
      { above: above.central, below: turned(below.central, 'top', byMm) },
    ]),
    ...beside.filter((moved) => moved.above.length > 0 && moved.below.length > 0),
  ];
}
