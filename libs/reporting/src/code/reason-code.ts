import { type ReasonCode } from '@endplate/findings';
import { type CodedConcept } from './coded-concept';

/** Code values `EP11nn`; a number is never used for another reason. */
const REASON: Readonly<Record<ReasonCode, readonly [number: string, meaning: string]>> = {
  NO_IMAGES: ['01', 'No images'],
  NO_PIXEL_DATA: ['02', 'No pixel data'],
  LOCALISER_ONLY: ['03', 'Localiser only'],
  MODALITY_NOT_SUPPORTED: ['04', 'Modality not supported'],
  GEOMETRY_MISSING: ['05', 'Geometry missing'],
  GEOMETRY_UNUSABLE: ['06', 'Geometry not usable'],
  TOO_FEW_SLICES: ['07', 'Too few slices'],
  NO_SPINE_FOUND: ['08', 'No spine found'],
  PIXEL_DATA_UNREADABLE: ['09', 'Pixel data not readable'],
  SPACING_TOO_COARSE: ['10', 'Spacing too coarse'],
  ORIENTATION_NOT_SUPPORTED: ['11', 'Orientation not supported'],
  NEEDS_CT: ['12', 'Needs CT'],
  NEEDS_MR: ['13', 'Needs MR'],
  NO_HU_SCALE: ['14', 'No Hounsfield scale'],
  T1_MISSING: ['15', 'T1 missing'],
  T2_MISSING: ['16', 'T2 missing'],
  T2_FAT_SUPPRESSED: ['17', 'T2 is fat suppressed'],
  SEQUENCE_NOT_RECOGNISED: ['18', 'Sequence not recognised'],
  T1_T2_NOT_ALIGNED: ['19', 'T1 and T2 not aligned'],
  DISC_TOO_THIN: ['20', 'Disc too thin'],
  DISC_PARTLY_OUTSIDE: ['21', 'Disc partly outside the images'],
  DISC_TOO_SMALL: ['22', 'Disc too small'],
  COVERAGE_INCOMPLETE: ['23', 'Coverage incomplete'],
  METAL: ['24', 'Metal'],
  CONTRAST_AGENT: ['25', 'Contrast agent'],
  NOISE_TOO_HIGH: ['26', 'Noise too high'],
  REFERENCE_UNSTABLE: ['27', 'Reference not stable'],
  NEIGHBOUR_MISSING: ['28', 'Neighbour missing'],
  SEGMENTATION_UNCERTAIN: ['29', 'Segmentation uncertain'],
  TOO_FEW_SLICES_OF_STRUCTURE: ['30', 'Too few slices of the structure'],
  NO_CSF_REFERENCE: ['31', 'No reference in cerebrospinal fluid'],
  NO_SACRUM: ['32', 'No sacrum found'],
  LEVEL_AMBIGUOUS: ['33', 'Level ambiguous'],
  TRANSITIONAL_VERTEBRA: ['34', 'Transitional vertebra'],
};

/** The code of a reason for not assessing something, in our own scheme. */
export function reasonConcept(code: ReasonCode): CodedConcept {
  const [number, meaning] = REASON[code];
  return { value: `EP11${number}`, scheme: '99ENDPLATE', meaning };
}

/** A meaning inside a sentence: "Needs CT" reads on as "needs CT", while "T1 missing" keeps its capital. */
export function inSentence(meaning: string): string {
  return /^[A-Z][a-z]/.test(meaning) ? meaning.charAt(0).toLowerCase() + meaning.slice(1) : meaning;
}

/** Every reason's code, for check and documentation. */
export const REASON_CONCEPTS: readonly CodedConcept[] = (Object.keys(REASON) as ReasonCode[]).map(reasonConcept);
