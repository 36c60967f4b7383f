import { encodePart10, SopClass, type NaturalDataset } from '@endplate/dicom';
import { drawAnatomy, type Anatomy, type AnatomyOptions } from '../anatomy/anatomy';
import { checkRange } from '../errors';
import { Rng } from '../random/rng';
import { ValueNoise } from '../random/value-noise';
import { collectLabels } from '../series/collect-labels';
import { addNoise } from '../series/noise';
import { type PhantomInstance, type PhantomStudy } from '../series/phantom-study';
import { SliceRenderer, type ImageGrid } from '../series/render-slice';
import { imageModules, studyIdentity } from '../series/study-identity';
import { measureTruth } from '../truth/measure-truth';
import { mrSignal, type MrWeighting } from './mr-signal';

/** Acquisition of a phantom MR study; lengths in mm. */
export interface MrStudyOptions extends AnatomyOptions {
  /** Rows and columns. */
  readonly matrix?: number;
  readonly pixelMm?: number;
  readonly sliceThicknessMm?: number;
  /** Distance of slice centres. */
  readonly spacingMm?: number;
  readonly slices?: number;
  /** How far the field of view lies above the lumbar spine's middle; 90 leaves the sacrum out. */
  readonly cranialShiftMm?: number;
  /** Standard deviation of each channel's noise; CSF on T2 is about 900. */
  readonly noise?: number;
  /** Strength of the smooth bias field: standard deviation of its logarithm. */
  readonly bias?: number;
  readonly fwhmMm?: number;
  /** False draws every tissue in one even value. */
  readonly texture?: boolean;
  /** The weightings to draw. */
  readonly weightings?: readonly MrWeighting[];
  /** YYYYMMDD. */
  readonly studyDate?: string;
}

const MR_DEFAULTS = { matrix: 320, pixelMm: 0.875, sliceThicknessMm: 4, spacingMm: 4.4, slices: 15, cranialShiftMm: 0, noise: 12, bias: 0.12, fwhmMm: 0.9, texture: true, weightings: ['t1', 't2'] as readonly MrWeighting[], studyDate: '20260101' }; // prettier-ignore

const TIMES: Record<MrWeighting, NaturalDataset> = {
  t1: { RepetitionTime: 560, EchoTime: 10, EchoTrainLength: 3, FlipAngle: 150 },
  t2: { RepetitionTime: 3500, EchoTime: 105, EchoTrainLength: 17, FlipAngle: 150 },
};

/**
 * Draws sagittal T1 and T2 series of one patient in one frame of reference as MR Image Storage instances.
 *
 * @throws {@link PhantomOptionError} `PHANTOM_OPTION_INVALID`
 * @standard PS3.3 A.4
 */
export function mrStudy(seed: number, options: MrStudyOptions = {}): PhantomStudy {
  const o = { ...MR_DEFAULTS, ...options };
  checkRange('matrix', o.matrix, 64, 1024);
  checkRange('pixelMm', o.pixelMm, 0.2, 2.5);
  checkRange('sliceThicknessMm', o.sliceThicknessMm, 0.5, 10);
  checkRange('spacingMm', o.spacingMm, 0.5, 12);
  checkRange('slices', o.slices, 1, 200);
  checkRange('cranialShiftMm', o.cranialShiftMm, -200, 200);
  checkRange('noise', o.noise, 0, 500);
  checkRange('bias', o.bias, 0, 1);
  checkRange('fwhmMm', o.fwhmMm, 0, 5);
  const anatomy = drawAnatomy(seed, options);
  const identity = studyIdentity('mr', seed, o.studyDate, options);
  const grids = sagittalGrids(anatomy, o);
  const rng = new Rng(seed, 'mr');
  const planes = Math.min(6, Math.max(1, Math.round(o.sliceThicknessMm)));
  const acquisition = { sliceThicknessMm: o.sliceThicknessMm, planes, fwhmMm: o.fwhmMm };
  const size = { rows: o.matrix, columns: o.matrix };
  const renderer = (weighting: MrWeighting): SliceRenderer => {
    const own = rng.fork(weighting);
    const noise = [new ValueNoise(own.fork('fine'), 1.6), new ValueNoise(own.fork('coarse'), 6)] as const;
    return new SliceRenderer(anatomy, mrSignal(anatomy, weighting, own.fork('signal'), o.texture), noise, size);
  };
  const fov = grids[0]!;
  const half = (o.matrix - 1) * o.pixelMm;
  return {
    kind: 'mr', seed, studyInstanceUID: identity.studyInstanceUID, instanceCount: grids.length * o.weightings.length,
    truth: measureTruth(anatomy, 'mr', identity.studyInstanceUID, { fromZ: fov.position[2] - half + 8, toZ: fov.position[2] - 8 }),
    *instances(): Generator<PhantomInstance> {
      for (const [s, weighting] of o.weightings.entries()) {
        const draw = renderer(weighting);
        const field = new ValueNoise(rng.fork(`bias ${weighting}`), 90);
        for (const [n, grid] of grids.entries()) {
          const { signal } = draw.render(grid, acquisition);
          applyBias(signal, grid, field, o.bias);
          addNoise(signal, o.matrix, o.matrix, o.noise, rng.fork(`noise ${weighting} ${n}`), { grainPx: 0, rician: true });
          const data = {
            ...imageModules({
              identity, series: weighting, seriesNumber: s + 2, seriesDescription: `${weighting.toUpperCase()} TSE SAG`,
              instanceNumber: n + 1, rows: o.matrix, columns: o.matrix, pixelMm: o.pixelMm, sliceThicknessMm: o.sliceThicknessMm,
              orientation: [0, 1, 0, 0, 0, -1], position: grid.position, patientOrientation: ['P', 'F'], pixels: toStored(signal),
            }),
            ...mrModule(weighting, o.spacingMm),
          };
          yield { sopInstanceUID: identity.uid('instance', weighting, String(n + 1)), series: weighting, instanceNumber: n + 1, bytes: encodePart10(data) };
        }
      }
    },
    *labels() {
      for (const weighting of o.weightings) yield collectLabels(weighting, grids, [o.spacingMm, 0, 0], renderer(weighting));
    },
  }; // prettier-ignore
}

/** MR Image module of a turbo spin echo. @standard PS3.3 C.8.3.1 */
function mrModule(weighting: MrWeighting, spacingMm: number): NaturalDataset {
  return {
    SOPClassUID: SopClass.MRImageStorage,
    ImageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
    ScanningSequence: 'SE',
    SequenceVariant: 'SK',
    ScanOptions: null,
    MRAcquisitionType: '2D',
    SequenceName: weighting === 't1' ? '*tse2d1_3' : '*tse2d1_17',
    MagneticFieldStrength: 1.5,
    ImagingFrequency: 63.87,
    ImagedNucleus: '1H',
    SpacingBetweenSlices: spacingMm,
    WindowCenter: 450,
    WindowWidth: 900,
    ...TIMES[weighting],
  };
}

/** Slices from the patient's right to left, L3 in the middle of the picture. */
function sagittalGrids(anatomy: Anatomy, o: typeof MR_DEFAULTS): ImageGrid[] {
  const lumbar = anatomy.bodies.slice(0, anatomy.plan.lumbarCount).map((body) => body.plan.frame.origin);
  const mean = (axis: 0 | 1 | 2): number => lumbar.reduce((sum, p) => sum + p[axis], 0) / lumbar.length;
  const half = ((o.matrix - 1) / 2) * o.pixelMm;
  const y = round(mean(1) - half * 1.05);
  const z = round(mean(2) + half * 0.98 + o.cranialShiftMm);
  return Array.from({ length: o.slices }, (_, k): ImageGrid => ({
    position: [round(mean(0) + (k - (o.slices - 1) / 2) * o.spacingMm), y, z],
    alongRow: [0, 1, 0], alongColumn: [0, 0, -1], rows: o.matrix, columns: o.matrix, pixelMm: o.pixelMm,
  })); // prettier-ignore
}

function applyBias(signal: Float32Array, grid: ImageGrid, field: ValueNoise, strength: number): void {
  if (strength === 0) return;
  const { rows, columns, pixelMm, position } = grid;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = field.at(position[0], position[1] + column * pixelMm, position[2] - row * pixelMm);
      signal[row * columns + column]! *= Math.exp(strength * value);
    }
  }
}

function toStored(signal: Float32Array): Uint16Array {
  const pixels = new Uint16Array(signal.length);
  for (let n = 0; n < pixels.length; n++) pixels[n] = Math.min(4095, Math.max(0, Math.round(signal[n]!)));
  return pixels;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
