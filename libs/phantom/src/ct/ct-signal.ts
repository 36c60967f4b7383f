import { type Anatomy } from '../anatomy/anatomy';
import { FIRST_LESION_TISSUE, FIRST_NUCLEUS_TISSUE, MAX_NUCLEI, Tissue, TISSUE_NAMES } from '../anatomy/tissue';
import { type Rng } from '../random/rng';
import { CT_TABLE } from '../slice/contrast';
import { type TissueSignal } from '../series/render-slice';

/** HU of every tissue of one patient: the middle of the usual range, a little off. Lesions have their own density. */
export function ctSignal(anatomy: Anatomy, rng: Rng, textured: boolean): TissueSignal {
  const value = new Float32Array(256);
  const texture = new Float32Array(256);
  for (const name of TISSUE_NAMES) {
    const [low, high] = CT_TABLE[name];
    value[Tissue[name]] = (low + high) / 2 + rng.uniform(-0.2, 0.2) * (high - low);
  }
  // Discs are alike within a patient, so that a reference can be told from a lesion.
  const disc = rng.uniform(75, 95);
  for (const name of ['nucleus', 'annulus', 'cleft', 'schmorl'] as const)
    value[Tissue[name]] = disc + rng.uniform(-4, 4);
  value[Tissue.outerAnnulus] = disc + rng.uniform(4, 16);
  value[Tissue.cartilage] = disc + rng.uniform(5, 20);
  value.fill(value[Tissue.nucleus]!, FIRST_NUCLEUS_TISSUE, FIRST_NUCLEUS_TISSUE + MAX_NUCLEI);
  for (const [n, density] of anatomy.lesionHU.entries()) value[FIRST_LESION_TISSUE + n] = density;
  if (textured) {
    for (const name of ['cancellous', 'posteriorCancellous', 'pelvicCancellous', 'osteophyte'] as const)
      texture[Tissue[name]] = 32;
    texture[Tissue.faeces] = 80;
    for (const name of ['muscle', 'liver', 'kidney', 'organ'] as const) texture[Tissue[name]] = 4;
  }
  return { value, texture };
}
