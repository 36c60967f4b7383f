import { notAssessed, type Reason, type ReasonCode, type SeriesRole } from '@endplate/findings';
import { type InstanceHeader, type Series } from '@endplate/imaging';
import { THRESHOLDS } from '../thresholds';

const GATE = THRESHOLDS.gate;

function reason(code: ReasonCode, text: string): Reason {
  const withheld = notAssessed(code, text);
  return withheld.status === 'not-assessed' ? withheld.reason : { code, text };
}

/**
 * Why a series can't be analysed, or undefined when it can: pixel data, geometry, spacing, orientation, number of slices
 * and, on CT, the HU scale.
 */
export function unfitness(series: Series, role: SeriesRole): Reason | undefined {
  const header = series.headers[0];
  if (!header) return reason('NO_IMAGES', 'The series has no images.');
  if (role === 'localiser') return reason('LOCALISER_ONLY', 'The series is a localiser.');
  if (role === 'other') {
    return reason('MODALITY_NOT_SUPPORTED', `Modality ${header.modality} is not analysed; CT and MR are.`);
  }
  if (!series.headers.every((h) => h.hasPixelData)) return reason('NO_PIXEL_DATA', 'Images without pixel data.');
  const spacing = header.pixelSpacing;
  if (!spacing || !header.imageOrientationPatient || !header.imagePositionPatient) {
    return reason('GEOMETRY_MISSING', 'Pixel spacing, orientation or position is missing.');
  }
  if (!series.headers.every((h) => h.rows === header.rows && h.columns === header.columns)) {
    return reason('GEOMETRY_UNUSABLE', 'The images of the series differ in size.');
  }
  if (Math.max(...spacing) > GATE.maxInPlaneMm) {
    return reason('SPACING_TOO_COARSE', `Pixels of ${Math.max(...spacing).toFixed(1)} mm are too coarse.`);
  }
  return role === 'ct' ? ctUnfitness(series, header) : mrUnfitness(series, spacing);
}

function ctUnfitness(series: Series, header: InstanceHeader): Reason | undefined {
  if (series.headers.length < GATE.minSlicesCt) {
    return reason('TOO_FEW_SLICES', `${series.headers.length} CT slices; ${GATE.minSlicesCt} are needed.`);
  }
  if (series.spacingMm > GATE.maxSliceCtMm) {
    return reason('SPACING_TOO_COARSE', `CT slices ${series.spacingMm.toFixed(1)} mm apart are too coarse.`);
  }
  const type = header.rescale?.type;
  if (!header.rescale || (type !== undefined && type !== '' && type.toUpperCase() !== 'HU')) {
    return reason('NO_HU_SCALE', 'The CT values are not on the Hounsfield scale.');
  }
  return undefined;
}

function mrUnfitness(series: Series, spacing: readonly [number, number]): Reason | undefined {
  const count = series.headers.length;
  if (count < GATE.minSlicesMr) return reason('TOO_FEW_SLICES', `${count} MR slices; ${GATE.minSlicesMr} is needed.`);
  if (count > 1 && series.spacingMm > GATE.maxSliceMrMm) {
    return reason('SPACING_TOO_COARSE', `MR slices ${series.spacingMm.toFixed(1)} mm apart are too coarse.`);
  }
  const obliquity = (Math.acos(Math.min(1, Math.abs(series.normal[0]))) * 180) / Math.PI;
  const isotropic = Math.max(series.spacingMm, ...spacing) <= GATE.isotropicMm && count >= GATE.minSlicesCt;
  if (obliquity > GATE.maxObliquityDeg && !isotropic) {
    return reason('ORIENTATION_NOT_SUPPORTED', 'MR is analysed on sagittal slices; these are not sagittal.');
  }
  return undefined;
}
