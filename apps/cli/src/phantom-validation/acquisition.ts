import { type CtAcquisition } from './ct-agreement';

/** Acquisitions of the CT phantoms, taken in turn; thickness is distance too. */
export const CT_ACQUISITIONS: readonly CtAcquisition[] = [
  { name: '0.6 mm, soft, 25 HU', sliceMm: 0.6, fwhmMm: 1.1, noiseHU: 25, convolutionKernel: 'Bf40' },
  { name: '1 mm, soft, 18 HU', sliceMm: 1, fwhmMm: 1.1, noiseHU: 18, convolutionKernel: 'Bf40' },
  { name: '1 mm, sharp, 35 HU', sliceMm: 1, fwhmMm: 0.8, noiseHU: 35, convolutionKernel: 'Br64' },
  { name: '1.5 mm, soft, 15 HU', sliceMm: 1.5, fwhmMm: 1.1, noiseHU: 15, convolutionKernel: 'Bf40' },
  { name: '2 mm, soft, 12 HU', sliceMm: 2, fwhmMm: 1.2, noiseHU: 12, convolutionKernel: 'Bf40' },
  { name: '3 mm, soft, 10 HU', sliceMm: 3, fwhmMm: 1.2, noiseHU: 10, convolutionKernel: 'Bf40' },
];

/** Noise and bias of the MR phantoms, taken in turn; CSF on T2 is about 900. */
export const MR_ACQUISITIONS = [
  { name: 'noise 8, bias 0.05', noise: 8, bias: 0.05 },
  { name: 'noise 15, bias 0.12', noise: 15, bias: 0.12 },
  { name: 'noise 25, bias 0.2', noise: 25, bias: 0.2 },
] as const;

/** One patient ten times: slices, kernels, noise and pixels that differ. */
export const REPEAT_ACQUISITIONS: readonly (CtAcquisition & { readonly pixelMm: number })[] = [
  ...CT_ACQUISITIONS.slice(1, 5).map((acquisition) => ({ ...acquisition, pixelMm: 0.75 })),
  ...CT_ACQUISITIONS.slice(1, 5).map((acquisition) => ({ ...acquisition, pixelMm: 0.6 })),
  { name: '1.25 mm, soft, 15 HU', sliceMm: 1.25, fwhmMm: 1.1, noiseHU: 15, convolutionKernel: 'Bf40', pixelMm: 0.7 },
  { name: '2.5 mm, soft, 10 HU', sliceMm: 2.5, fwhmMm: 1.2, noiseHU: 10, convolutionKernel: 'Bf40', pixelMm: 0.7 },
];
