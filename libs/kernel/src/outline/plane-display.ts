import { type Volume } from '@endplate/imaging';
import { type PlaneDisplay } from '../label-map';
import { greyWindow } from './slice-picture';

/**
 * How the planes of a series are shown: on CT the rescale of its images and the window of the key images, on MR stored
 * values in the window of the middle plane. None where images differ in their rescale or show white as low.
 */
export function planeDisplay(volume: Volume): { readonly display?: PlaneDisplay } {
  const [first] = volume.headers;
  const same = volume.headers.every(
    ({ rescale, photometricInterpretation }) =>
      rescale?.slope === first?.rescale?.slope &&
      rescale?.intercept === first?.rescale?.intercept &&
      photometricInterpretation !== 'MONOCHROME1',
  );
  if (!first || !same) return {};
  const { low, high } = greyWindow(volume, middlePlane(volume));
  const { rescale } = first;
  return {
    display: {
      ...(volume.unit === 'HU' && rescale ? { rescale: { slope: rescale.slope, intercept: rescale.intercept } } : {}),
      window: { centre: (low + high) / 2, width: high - low },
    },
  };
}

function middlePlane({ data, dims: [ni, nj, nk] }: Volume): Float32Array {
  const from = Math.floor(nk / 2) * ni * nj;
  return Float32Array.from(data.subarray(from, from + ni * nj));
}
