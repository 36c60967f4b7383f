/** Classes of the segmentation network, in the order of its output channels. */
export const SpineClass = {
  Background: 0,
  VertebralBody: 1,
  Disc: 2,
  Sacrum: 3,
  Canal: 4,
  PosteriorElements: 5,
} as const;
/** One class of the segmentation network. */
export type SpineClass = (typeof SpineClass)[keyof typeof SpineClass];

const NAMES = [
  'air', 'skin', 'fat', 'visceralFat', 'muscle', 'fatInMuscle', 'bowelWall', 'bowelFluid', 'bowelGas', 'faeces',
  'organ', 'liver', 'kidney', 'heart', 'lung', 'urine', 'bladderWall', 'vessel', 'vein', 'wallCalcium', 'stent',
  'cortical', 'cancellous', 'posteriorCancellous', 'pelvicCancellous', 'nucleus', 'annulus', 'outerAnnulus', 'cleft',
  'cartilage', 'csf', 'cord', 'root', 'epiduralFat', 'ligament', 'modic1', 'modic2', 'modic3', 'schmorl',
  'haemangioma', 'focalLesion', 'fracture', 'gas', 'metal', 'basivertebral', 'osteophyte', 'cement', 'symphysis',
] as const; // prettier-ignore

/** Name of a tissue that the phantom is made of. */
export type TissueName = (typeof NAMES)[number];

/** Every tissue name; its place in the list is its number in a raster. */
export const TISSUE_NAMES: readonly TissueName[] = NAMES;

/** Number of each tissue in a raster. */
export const Tissue = Object.fromEntries(NAMES.map((name, n) => [name, n])) as Readonly<Record<TissueName, number>>;

/** Numbers from here on are single lesions with a density of their own, see `Anatomy.lesionHU`. */
export const FIRST_LESION_TISSUE = 128;
/** Most lesions with a density of their own. */
export const MAX_LESIONS = 64;
/** Numbers from here on are the nuclei of single discs, from the sacrum upward, so that each has its own signal. */
export const FIRST_NUCLEUS_TISSUE = FIRST_LESION_TISSUE + MAX_LESIONS;
/** Most discs with a nucleus of their own. */
export const MAX_NUCLEI = 16;

/** Look-up table, one flag per tissue number, true for the named tissues (and for lesions if asked). */
export function tissueSet(names: readonly TissueName[], lesions = false): Uint8Array {
  const set = new Uint8Array(256);
  for (const name of names) set[Tissue[name]] = 1;
  if (lesions) set.fill(1, FIRST_LESION_TISSUE, FIRST_NUCLEUS_TISSUE);
  if (names.includes('nucleus')) set.fill(1, FIRST_NUCLEUS_TISSUE, FIRST_NUCLEUS_TISSUE + MAX_NUCLEI);
  return set;
}
