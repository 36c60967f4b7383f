import { type Rng } from '../random/rng';
import { FIRST_LESION_TISSUE, FIRST_NUCLEUS_TISSUE, TISSUE_NAMES, Tissue, type TissueName } from '../anatomy/tissue';

/** Kind of picture a slice is rendered as. */
export type ContrastKind = 'ct' | 't1' | 't2' | 'stir' | 'gre' | 'random';

/** Signal of every tissue number, split into what moves with chemical shift (fat) and what does not. */
export interface Contrast {
  readonly kind: ContrastKind;
  readonly water: Float32Array;
  readonly fat: Float32Array;
  /** Standard deviation of the tissue's own texture, fine and coarse, in units of the signal. */
  readonly texture: Float32Array;
}

type Range = readonly [number, number];
type Table = Readonly<Record<TissueName, Range>>;

/** Fat fraction of what holds fat. */
const FAT: Partial<Record<TissueName, number>> = {
  fat: 1, visceralFat: 1, fatInMuscle: 0.9, epiduralFat: 1, cancellous: 0.5, posteriorCancellous: 0.65,
  pelvicCancellous: 0.6, modic2: 0.85, haemangioma: 0.6, osteophyte: 0.6,
}; // prettier-ignore

/** HU, normal adults without and with contrast medium. */
export const CT_TABLE: Table = {
  air: [-1000, -1000], skin: [20, 70], fat: [-120, -85], visceralFat: [-120, -80], muscle: [45, 70], fatInMuscle: [-80, -10],
  bowelWall: [25, 70], bowelFluid: [0, 40], bowelGas: [-980, -700], faeces: [-150, 120], organ: [35, 90], liver: [45, 110],
  kidney: [30, 180], heart: [35, 180], lung: [-900, -720], urine: [0, 20], bladderWall: [25, 60], vessel: [38, 55],
  vein: [35, 60], wallCalcium: [300, 900], stent: [900, 2200], cortical: [450, 1000], cancellous: [90, 270],
  posteriorCancellous: [110, 320], pelvicCancellous: [60, 260], nucleus: [65, 95], annulus: [80, 120], outerAnnulus: [85, 135],
  cleft: [60, 95], cartilage: [80, 140], csf: [0, 20], cord: [28, 45], root: [25, 45], epiduralFat: [-110, -70],
  ligament: [55, 110], modic1: [90, 250], modic2: [80, 220], modic3: [330, 620], schmorl: [60, 110], haemangioma: [40, 140],
  focalLesion: [20, 500], fracture: [150, 400], gas: [-950, -500], metal: [2600, 3071], basivertebral: [40, 110],
  osteophyte: [150, 420], cement: [900, 1900], symphysis: [60, 130],
}; // prettier-ignore

const T1_TABLE: Table = {
  air: [0, 0.01], skin: [0.3, 0.6], fat: [0.8, 1], visceralFat: [0.7, 1], muscle: [0.24, 0.4], fatInMuscle: [0.55, 0.9],
  bowelWall: [0.22, 0.4], bowelFluid: [0.1, 0.6], bowelGas: [0, 0.06], faeces: [0.15, 0.6], organ: [0.25, 0.45], liver: [0.35, 0.55],
  kidney: [0.25, 0.45], heart: [0.05, 0.4], lung: [0.01, 0.08], urine: [0.1, 0.25], bladderWall: [0.25, 0.4], vessel: [0, 0.2],
  vein: [0.02, 0.3], wallCalcium: [0, 0.1], stent: [0, 0.05], cortical: [0.02, 0.14], cancellous: [0.4, 0.75],
  posteriorCancellous: [0.42, 0.85], pelvicCancellous: [0.45, 0.85], nucleus: [0.22, 0.4], annulus: [0.18, 0.36], outerAnnulus: [0.05, 0.2],
  cleft: [0.15, 0.35], cartilage: [0.15, 0.35], csf: [0.08, 0.24], cord: [0.27, 0.42], root: [0.22, 0.38], epiduralFat: [0.75, 1],
  ligament: [0.03, 0.14], modic1: [0.16, 0.34], modic2: [0.75, 1], modic3: [0.08, 0.25], schmorl: [0.15, 0.4], haemangioma: [0.6, 0.95],
  focalLesion: [0.1, 0.4], fracture: [0.15, 0.6], gas: [0, 0.06], metal: [0, 0.03], basivertebral: [0.15, 0.45], osteophyte: [0.35, 0.8],
  cement: [0.02, 0.15], symphysis: [0.2, 0.4],
}; // prettier-ignore

const T2_TABLE: Table = {
  air: [0, 0.01], skin: [0.2, 0.45], fat: [0.55, 0.95], visceralFat: [0.45, 0.9], muscle: [0.1, 0.24], fatInMuscle: [0.35, 0.8],
  bowelWall: [0.15, 0.4], bowelFluid: [0.3, 0.95], bowelGas: [0, 0.05], faeces: [0.05, 0.4], organ: [0.2, 0.6], liver: [0.14, 0.3],
  kidney: [0.4, 0.65], heart: [0.02, 0.3], lung: [0.01, 0.06], urine: [0.8, 1.1], bladderWall: [0.12, 0.25], vessel: [0, 0.12],
  vein: [0.01, 0.35], wallCalcium: [0, 0.08], stent: [0, 0.05], cortical: [0.01, 0.12], cancellous: [0.22, 0.52],
  posteriorCancellous: [0.25, 0.6], pelvicCancellous: [0.25, 0.6], nucleus: [0.45, 0.9], annulus: [0.08, 0.24], outerAnnulus: [0.02, 0.1],
  cleft: [0.08, 0.28], cartilage: [0.05, 0.2], csf: [0.75, 1.1], cord: [0.24, 0.45], root: [0.22, 0.45], epiduralFat: [0.5, 0.9],
  ligament: [0.02, 0.1], modic1: [0.5, 0.85], modic2: [0.5, 0.85], modic3: [0.04, 0.18], schmorl: [0.1, 0.5], haemangioma: [0.55, 0.95],
  focalLesion: [0.1, 0.8], fracture: [0.3, 0.7], gas: [0, 0.05], metal: [0, 0.03], basivertebral: [0.25, 0.75], osteophyte: [0.2, 0.5],
  cement: [0.01, 0.1], symphysis: [0.1, 0.4],
}; // prettier-ignore

const STIR: Partial<Table> = {
  fat: [0.02, 0.16], visceralFat: [0.02, 0.16], fatInMuscle: [0.04, 0.16], epiduralFat: [0.03, 0.16], skin: [0.1, 0.3],
  cancellous: [0.06, 0.24], posteriorCancellous: [0.05, 0.22], pelvicCancellous: [0.05, 0.22], modic1: [0.4, 0.8], modic2: [0.03, 0.15],
  muscle: [0.14, 0.3], haemangioma: [0.1, 0.7], osteophyte: [0.05, 0.2], liver: [0.15, 0.3],
}; // prettier-ignore

const GRE: Partial<Table> = {
  fat: [0.3, 0.8], visceralFat: [0.3, 0.8], epiduralFat: [0.3, 0.7], muscle: [0.3, 0.55], cancellous: [0.12, 0.45],
  posteriorCancellous: [0.15, 0.5], pelvicCancellous: [0.15, 0.5], nucleus: [0.5, 0.95], annulus: [0.4, 0.85], outerAnnulus: [0.1, 0.5],
  cartilage: [0.4, 0.9], cleft: [0.4, 0.8], csf: [0.5, 1.05], cord: [0.4, 0.7], root: [0.4, 0.7], vessel: [0.4, 1.1], vein: [0.3, 1],
  heart: [0.3, 0.9], liver: [0.2, 0.5], kidney: [0.3, 0.7], urine: [0.4, 1], ligament: [0.05, 0.25],
}; // prettier-ignore

/** Signals of the weightings that phantom studies have, CSF on T2 about 1. */
export const MR_TABLES: Readonly<Record<'t1' | 't2', Table>> = { t1: T1_TABLE, t2: T2_TABLE };

const TABLES: Record<Exclude<ContrastKind, 'random'>, Table> = {
  ct: CT_TABLE,
  t1: T1_TABLE,
  t2: T2_TABLE,
  stir: { ...T2_TABLE, ...STIR },
  gre: { ...T2_TABLE, ...GRE },
};

/** Draws the signal of every tissue: half realistic contrasts, half random ones. */
export function drawContrast(
  rng: Rng,
  lesionHU: Float32Array,
  hydration: readonly number[],
  kind = drawKind(rng),
): Contrast {
  const water = new Float32Array(256);
  const fat = new Float32Array(256);
  const texture = new Float32Array(256);
  const rough = rng.uniform(0, kind === 'random' ? 0.1 : 0.07);
  for (const name of TISSUE_NAMES) {
    const n = Tissue[name];
    const range = kind === 'random' ? ([0, 1] as const) : TABLES[kind][name];
    const value = rng.uniform(range[0], range[1]);
    const share = kind === 'ct' ? 0 : kind === 'random' ? rng.next() : (FAT[name] ?? 0);
    water[n] = value * (1 - share);
    fat[n] = value * share;
    texture[n] = name === 'air' ? 0 : kind === 'ct' ? TEXTURE_HU[name] ?? 8 : rough * rng.uniform(0.3, 1.4) * (name === 'csf' ? 0.5 : 1); // prettier-ignore
  }
  if (kind === 'random') randomRules(rng, water, fat);
  if (kind === 'ct' && rng.chance(0.45)) enhance(rng, water);
  const lesion = kind === 'ct' ? 0 : rng.uniform(0, kind === 'random' ? 1 : 0.12);
  for (let n = 0; n < lesionHU.length; n++) water[FIRST_LESION_TISSUE + n] = kind === 'ct' ? lesionHU[n]! : lesion;
  for (const [n, wet] of hydration.entries()) {
    // A worn nucleus looks like annulus; on CT all discs look alike.
    const nucleus = water[Tissue.nucleus]! + fat[Tissue.nucleus]!;
    const annulus = water[Tissue.annulus]! + fat[Tissue.annulus]!;
    const share = kind === 'ct' ? 1 : Math.min(1, Math.max(0, wet + rng.normal(0, 0.12)));
    water[FIRST_NUCLEUS_TISSUE + n] = annulus + (nucleus - annulus) * share;
    texture[FIRST_NUCLEUS_TISSUE + n] = texture[Tissue.nucleus]!;
  }
  return { kind, water, fat, texture };
}

const TEXTURE_HU: Partial<Record<TissueName, number>> = {
  cancellous: 38,
  posteriorCancellous: 45,
  pelvicCancellous: 40,
  faeces: 90,
  osteophyte: 40,
};

function drawKind(rng: Rng): ContrastKind {
  if (rng.chance(0.45)) return 'random';
  return rng.pick(['ct', 'ct', 't1', 't1', 't2', 't2', 't2', 'stir', 'gre'] as const);
}

function randomRules(rng: Rng, water: Float32Array, fat: Float32Array): void {
  const set = (name: TissueName, value: number): void => {
    fat[Tissue[name]] = 0;
    water[Tissue[name]] = value;
  };
  set('air', rng.uniform(0, 0.1));
  // Tissues that no sequence tells apart stay close to each other, and a few borders must exist at all.
  const like = (name: TissueName, other: TissueName, sd: number): void =>
    set(name, Math.max(0, water[Tissue[other]]! + fat[Tissue[other]]! + rng.normal(0, sd)));
  like('posteriorCancellous', 'cancellous', 0.06);
  like('pelvicCancellous', 'cancellous', 0.08);
  like('osteophyte', 'cancellous', 0.1);
  like('epiduralFat', 'fat', 0.06);
  like('visceralFat', 'fat', 0.06);
  like('fatInMuscle', 'fat', 0.1);
  like('root', 'cord', 0.05);
  if (rng.chance(0.5)) like('annulus', 'nucleus', 0.12);
  if (rng.chance(0.6)) set('cortical', rng.uniform(0, 0.2));
  if (rng.chance(0.5)) like('ligament', 'cortical', 0.05);
  if (rng.chance(0.4)) like('outerAnnulus', 'cortical', 0.08);
}

function enhance(rng: Rng, water: Float32Array): void {
  const more = (name: TissueName, low: number, high: number): void => {
    water[Tissue[name]] = rng.uniform(low, high);
  };
  more('vessel', 120, 380);
  more('vein', 90, 220);
  more('heart', 100, 260);
  more('kidney', 120, 260);
  more('liver', 80, 150);
  if (rng.chance(0.3)) more('urine', 200, 900);
  if (rng.chance(0.3)) more('bowelFluid', 150, 700);
}
