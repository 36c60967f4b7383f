import { readPart10, type UID } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { readInstanceHeader, type InstanceHeader } from '@endplate/imaging';
import { analyseStudy, type SpineSegmenter } from '@endplate/kernel';
import { softwareIdentity } from '@endplate/platform';
import { drawAnatomy, phantomStudy, type PhantomStudy } from '@endplate/phantom';
import { CT_ACQUISITIONS, MR_ACQUISITIONS } from './acquisition';
import { compareCt, type CtOutcome, type ImagedRange } from './ct-agreement';
import { compareMr, type MrOutcome } from './mr-agreement';
import { truthSegmenter } from './truth-segmenter';

/** Seeds from here on belong to the validation; training and demo draw lower ones. */
export const FIRST_SEED = 910_000;

/** Field of view of the CT phantoms: the column and its muscles, 108 mm. */
const CT_VIEW = { matrix: 144, pixelMm: 0.75 } as const;
/** Field of view of the MR phantoms: the lumbar spine, 196 mm in 11 slices. */
const MR_VIEW = { matrix: 224, pixelMm: 0.875, slices: 11 } as const;
const SIZES_MM = [1.5, 2, 2.5, 3, 4, 5, 6.5, 8];

/**
 * Draws the nth CT phantom, every second one without calcification, and compares it with the kernel's findings.
 *
 * @param network - true: the network finds the anatomy; false: it is read off the drawing
 */
export async function runCt(n: number, segmenter: SpineSegmenter, network: boolean): Promise<CtOutcome> {
  const seed = FIRST_SEED + n;
  const acquisition = CT_ACQUISITIONS[Math.floor(n / 2) % CT_ACQUISITIONS.length]!;
  const calcification = n % 2 === 0;
  const sizesMm = [0, 1, 2, 3, 4, 5].map((k) => SIZES_MM[(Math.floor(n / 2) + 3 * k) % SIZES_MM.length]!);
  const options = { ...CT_VIEW, calcification, sizesMm, metal: false, lumbarCount: 5 as const };
  const { sliceMm, fwhmMm, noiseHU, convolutionKernel } = acquisition;
  const study = phantomStudy({
    kind: 'ct',
    seed,
    ...options,
    sliceThicknessMm: sliceMm,
    spacingMm: sliceMm,
    fwhmMm,
    noiseHU,
    convolutionKernel,
  });
  const reader = network ? segmenter : truthSegmenter(drawAnatomy(seed, options), segmenter);
  const { findings, imaged } = await analysePhantom(study, reader);
  return compareCt(study.truth, findings, acquisition.name, calcification, imaged);
}

/** Draws the nth MR phantom with frequent Modic changes and compares it with the kernel's findings. */
export async function runMr(n: number, segmenter: SpineSegmenter, network: boolean): Promise<MrOutcome> {
  const seed = FIRST_SEED + n;
  const { name, noise, bias } = MR_ACQUISITIONS[n % MR_ACQUISITIONS.length]!;
  const options = { ...MR_VIEW, modic: true, metal: false, lumbarCount: 5 as const };
  const study = phantomStudy({ kind: 'mr', seed, ...options, noise, bias });
  const reader = network ? segmenter : truthSegmenter(drawAnatomy(seed, options), segmenter);
  return compareMr(study.truth, (await analysePhantom(study, reader)).findings, name);
}

/** Runs the kernel on a drawn study. */
export async function analysePhantom(
  study: PhantomStudy,
  segmenter: SpineSegmenter,
): Promise<{ findings: StudyFindings; imaged: ImagedRange }> {
  const files = new Map<UID, Buffer>();
  const headers: InstanceHeader[] = [];
  for (const { bytes } of study.instances()) {
    const header = readInstanceHeader(readPart10(bytes).dataSet);
    files.set(header.sopInstanceUID, bytes);
    headers.push(header);
  }
  const input = {
    studyInstanceUID: study.studyInstanceUID,
    version: 1,
    digest: '',
    createdAt: '2000-01-01T00:00:00Z',
    headers,
    readInstance: (uid: UID) => Promise.resolve(files.get(uid)!),
  };
  const { findings } = await analyseStudy(input, { segmenter, software: softwareIdentity() });
  const heights = headers.map((header) => header.imagePositionPatient?.[2] ?? 0);
  return { findings, imaged: { fromZ: Math.min(...heights), toZ: Math.max(...heights) } };
}
