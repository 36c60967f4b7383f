import { type Anatomy } from '../anatomy/anatomy';
import { measureDiscs, measureEndplates, measureVertebrae, type FieldOfView } from './measure-anatomy';
import { type PhantomTruth } from './truth';

/** Everything known of a drawn patient within a field of view. */
export function measureTruth(
  anatomy: Anatomy,
  kind: 'ct' | 'mr',
  studyInstanceUID: string,
  view: FieldOfView,
): PhantomTruth {
  const discs = measureDiscs(anatomy, view);
  return {
    format: 'endplate-phantom-truth-1',
    kind,
    seed: anatomy.seed,
    studyInstanceUID,
    lumbarVertebrae: anatomy.plan.lumbarCount,
    transition: anatomy.plan.transition,
    metal: anatomy.metal,
    vertebrae: measureVertebrae(anatomy, view),
    discs,
    endplates: measureEndplates(anatomy, discs),
  };
}
