import { type ImageReference } from '@endplate/findings';
import { type VolumeSlice } from '@endplate/imaging';

/** The reference to the image, and frame where there are several, behind one plane of a volume. */
export function imageReference(slice: VolumeSlice): ImageReference {
  return {
    sopClassUID: slice.sopClassUID,
    sopInstanceUID: slice.sopInstanceUID,
    ...(slice.frameNumber === undefined ? {} : { frameNumber: slice.frameNumber }),
  };
}
