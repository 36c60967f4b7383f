import { type ProbabilityStack } from './probability-stack';
import { CLASS } from './spine-class';

/** {@link mostProbableTissue} of every voxel of a stack. */
export function tissueOf(stack: ProbabilityStack): Uint8Array {
  const [background, body, disc, sacrum, canal, posterior] = stack.planes as readonly [
    Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array,
  ]; // prettier-ignore
  const tissue = new Uint8Array(background.length);
  for (let at = 0; at < tissue.length; at++) {
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
