import { type Anatomy } from '../anatomy/anatomy';
import { FIRST_LESION_TISSUE, FIRST_NUCLEUS_TISSUE, Tissue, TISSUE_NAMES, type TissueName } from '../anatomy/tissue';
import { type Rng } from '../random/rng';
import { MR_TABLES } from '../slice/contrast';
import { type TissueSignal } from '../series/render-slice';

/** Weighting of a phantom MR series. */
export type MrWeighting = 't1' | 't2';

/** Signal of marrow changes as multiples of the patient's own marrow [low, high]. */
const MARROW_CHANGE: Record<MrWeighting, Partial<Record<TissueName, readonly [number, number]>>> = {
  t1: {
    modic1: [0.45, 0.68], modic2: [1.35, 1.65], modic3: [0.3, 0.55], schmorl: [0.4, 0.7], fracture: [0.6, 0.95],
    haemangioma: [1.3, 1.6], focalLesion: [0.4, 0.6],
  },
  t2: {
    modic1: [1.4, 1.85], modic2: [1.2, 1.5], modic3: [0.25, 0.5], schmorl: [0.4, 1.2], fracture: [0.9, 1.2],
    haemangioma: [1.5, 1.9], focalLesion: [1.3, 1.8],
  },
}; // prettier-ignore

/** Signal of every tissue in a T1 or T2 series of one patient, CSF on T2 about 900. */
export function mrSignal(anatomy: Anatomy, weighting: MrWeighting, rng: Rng, textured: boolean): TissueSignal {
  const value = new Float32Array(256);
  const texture = new Float32Array(256);
  const table = MR_TABLES[weighting];
  for (const name of TISSUE_NAMES) {
    const [low, high] = table[name];
    value[Tissue[name]] = ((low + high) / 2 + rng.uniform(-0.25, 0.25) * (high - low)) * 900;
  }
  const marrow = value[Tissue.cancellous]!;
  for (const [name, [low, high]] of Object.entries(MARROW_CHANGE[weighting])) {
    value[Tissue[name as TissueName]] = marrow * rng.uniform(low, high);
  }
  const annulus = value[Tissue.annulus]!;
  const wet = weighting === 't2' ? rng.uniform(0.72, 0.92) * value[Tissue.csf]! : annulus * 1.15;
  for (const [n, disc] of anatomy.discs.entries()) {
    value[FIRST_NUCLEUS_TISSUE + n] = annulus + (wet - annulus) * disc.look.hydration;
  }
  value.fill(annulus * 0.5, FIRST_LESION_TISSUE, FIRST_LESION_TISSUE + anatomy.lesionHU.length);
  if (textured) {
    for (const name of TISSUE_NAMES) texture[Tissue[name]] = name === 'air' ? 0 : value[Tissue[name]]! * 0.03;
    for (const name of ['cancellous', 'posteriorCancellous', 'pelvicCancellous'] as const) texture[Tissue[name]] = value[Tissue[name]]! * 0.06; // prettier-ignore
  }
  return { value, texture };
}
