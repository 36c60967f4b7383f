import { type Anatomy } from '../anatomy/anatomy';
import {
  FIRST_LESION_TISSUE,
  FIRST_NUCLEUS_TISSUE,
  MAX_NUCLEI,
  Tissue,
  TISSUE_NAMES,
  type TissueName,
} from '../anatomy/tissue';
import { type Rng } from '../random/rng';
import { CT_TABLE } from '../slice/contrast';
import { type TissueSignal } from '../series/render-slice';

/** Contrast medium that another examination asked for: in the vessels, in the thecal sac (myelography), in the discs (discography). */
export type ContrastMedium = 'intravenous' | 'intrathecal' | 'intradiscal';

/** HU with contrast medium [low, high]. */
const ENHANCED: Record<ContrastMedium, Partial<Record<TissueName, readonly [number, number]>>> = {
  intravenous: { vessel: [180, 350], vein: [100, 180], heart: [120, 220], kidney: [140, 220], liver: [90, 120] },
  intrathecal: { csf: [250, 700] },
  intradiscal: { nucleus: [250, 600], cleft: [250, 600], annulus: [170, 260] },
};

/**
 * HU of every tissue of one patient: the middle of the usual range, a little off. Lesions have their own density.
 *
 * @param medium - contrast medium; all else stays the same patient
 */
export function ctSignal(anatomy: Anatomy, rng: Rng, textured: boolean, medium?: ContrastMedium): TissueSignal {
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
  const enhancement = rng.fork('contrast medium');
  for (const [name, [low, high]] of Object.entries(medium ? ENHANCED[medium] : {}))
    value[Tissue[name as TissueName]] = enhancement.uniform(low, high);
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
