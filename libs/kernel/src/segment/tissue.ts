import { type ProbabilityStack } from './probability-stack';
import { wordsOf } from '../shape/words';
import { CLASS } from './spine-class';

/** Four voxels of probability 1. */
const ALL_CERTAIN = 0xffffffff;

/** {@link mostProbableTissue} of every voxel of a stack. */
export function tissueOf(stack: ProbabilityStack): Uint8Array {
  const [background, body, disc, sacrum, canal, posterior] = stack.planes as readonly [
    Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array,
  ]; // prettier-ignore
  const tissue = new Uint8Array(background.length);
  const [certain, ...others] = stack.planes.map(wordsOf) as [Uint32Array, ...Uint32Array[]];
  const [o1, o2, o3, o4, o5] = others as [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  for (let at = 0; at < tissue.length; at++) {
    if ((at & 3) === 0 && certain[at >> 2] === ALL_CERTAIN) {
      const w = at >> 2;
      if ((o1[w]! | o2[w]! | o3[w]! | o4[w]! | o5[w]!) === 0) {
        at += 3;
        continue;
      }
    }
    const bone = body[at]! + sacrum[at]!;
    const [b, c, p] = [background[at]!, canal[at]!, posterior[at]!];
    const rest = b > c ? (b > p ? b : p) : c > p ? c : p;
    if (bone > rest && bone >= disc[at]!) tissue[at] = CLASS.body;
    else if (disc[at]! > rest) tissue[at] = CLASS.disc;
    else tissue[at] = rest === c ? CLASS.canal : rest === p ? CLASS.posterior : CLASS.background;
  }
  return tissue;
}

/** The most probable class, body and sacrum taken together as body. */
export function mostProbableTissue(p: Float32Array): number {
  const bone = p[CLASS.body]! + p[CLASS.sacrum]!;
  const rest = Math.max(p[CLASS.background]!, p[CLASS.canal]!, p[CLASS.posterior]!);
  if (bone > rest && bone >= p[CLASS.disc]!) return CLASS.body;
  if (p[CLASS.disc]! > rest) return CLASS.disc;
  if (rest === p[CLASS.canal]) return CLASS.canal;
  return rest === p[CLASS.posterior] ? CLASS.posterior : CLASS.background;
}
