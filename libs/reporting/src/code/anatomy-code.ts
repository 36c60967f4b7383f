import { DISC_LEVELS, type DiscLevel, VERTEBRA_LEVELS, type VertebraLevel } from '@endplate/findings';
import { CODE, type CodedConcept, PRIVATE } from './coded-concept';

/**
 * Site code of a disc; the unnamed disc where the level is withheld.
 *
 * SNOMED CT where we could verify the code, else our documented scheme: `EP01nn`, nn being the place in DISC_LEVELS.
 */
export function discSite(level: DiscLevel | null): CodedConcept {
  if (level === null) return PRIVATE.disc;
  if (level === 'L5/S1') return CODE.lumbosacralDisc;
  return privateLevel('EP01', DISC_LEVELS.indexOf(level), `${level} intervertebral disc`);
}

/** Site code of a vertebra; the unnamed vertebra where the level is withheld. `EP02nn` as with {@link discSite}. */
export function vertebraSite(level: VertebraLevel | null): CodedConcept {
  if (level === null) return PRIVATE.vertebra;
  return privateLevel('EP02', VERTEBRA_LEVELS.indexOf(level), `${level} vertebra`);
}

function privateLevel(prefix: string, index: number, meaning: string): CodedConcept {
  return { value: `${prefix}${String(index + 1).padStart(2, '0')}`, scheme: '99ENDPLATE', meaning };
}
