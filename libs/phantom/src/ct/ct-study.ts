import { encodePart10, SopClass } from '@endplate/dicom';
import { drawAnatomy, type Anatomy, type AnatomyOptions } from '../anatomy/anatomy';
import { checkRange } from '../errors';
import { Rng } from '../random/rng';
import { ValueNoise } from '../random/value-noise';
import { collectLabels } from '../series/collect-labels';
import { addNoise } from '../series/noise';
import { type PhantomInstance, type PhantomStudy } from '../series/phantom-study';
import { SliceRenderer, type Acquisition, type ImageGrid } from '../series/render-slice';
import { imageModules, studyIdentity } from '../series/study-identity';
import { measureTruth } from '../truth/measure-truth';
import { type ContrastMedium, ctSignal } from './ct-signal';

/** Acquisition of a phantom CT; lengths in mm. */
export interface CtStudyOptions extends AnatomyOptions {
  /** Rows and columns. */
  readonly matrix?: number;
  readonly pixelMm?: number;
  readonly sliceThicknessMm?: number;
  /** Distance of slice centres. */
  readonly spacingMm?: number;
  /** In-plane point spread, full width at half maximum. */
  readonly fwhmMm?: number;
  readonly noiseHU?: number;
  /** Name written as Convolution Kernel. */
  readonly convolutionKernel?: string;
  /** False draws every tissue in one even value. */
  readonly texture?: boolean;
  /** Contrast medium in the patient; none if absent. */
  readonly contrastMedium?: ContrastMedium;
  /** YYYYMMDD. */
  readonly studyDate?: string;
}

const CT_DEFAULTS = { matrix: 256, pixelMm: 0.75, sliceThicknessMm: 1.5, spacingMm: 1.5, fwhmMm: 1.1, noiseHU: 12, convolutionKernel: 'Bf40', texture: true, studyDate: '20260101' }; // prettier-ignore

/**
 * Draws an axial CT from S2 to T11 as CT Image Storage instances.
 *
 * @throws {@link PhantomOptionError} `PHANTOM_OPTION_INVALID`
 * @standard PS3.3 A.3
 */
export function ctStudy(seed: number, options: CtStudyOptions = {}): PhantomStudy {
  const o = { ...CT_DEFAULTS, ...options };
  checkRange('matrix', o.matrix, 64, 1024);
  checkRange('pixelMm', o.pixelMm, 0.2, 2);
  checkRange('sliceThicknessMm', o.sliceThicknessMm, 0.3, 10);
  checkRange('spacingMm', o.spacingMm, 0.3, 10);
  checkRange('noiseHU', o.noiseHU, 0, 200);
  checkRange('fwhmMm', o.fwhmMm, 0, 5);
  const anatomy = drawAnatomy(seed, options);
  const identity = studyIdentity('ct', seed, o.studyDate, options);
  const grids = axialGrids(anatomy, o.matrix, o.pixelMm, o.spacingMm);
  const rng = new Rng(seed, 'ct');
  const signal = ctSignal(anatomy, rng.fork('signal'), o.texture, options.contrastMedium);
  const acquisition: Acquisition = {
    sliceThicknessMm: o.sliceThicknessMm,
    planes: Math.min(8, Math.max(2, Math.round(o.sliceThicknessMm / 0.75))),
    fwhmMm: o.fwhmMm,
  };
  const renderer = (): SliceRenderer =>
    new SliceRenderer(anatomy, signal, [new ValueNoise(rng.fork('fine'), 1.3), new ValueNoise(rng.fork('coarse'), 4)], {
      rows: o.matrix,
      columns: o.matrix,
    });
  const dataset = (pixels: Uint16Array, grid: ImageGrid, instanceNumber: number): Parameters<typeof encodePart10>[0] => ({
    ...imageModules({
      identity, series: 'ct', seriesNumber: 2, seriesDescription: `SPINE ${o.sliceThicknessMm} ${o.convolutionKernel}`,
      instanceNumber, rows: o.matrix, columns: o.matrix, pixelMm: o.pixelMm, sliceThicknessMm: o.sliceThicknessMm,
      orientation: [1, 0, 0, 0, 1, 0], position: grid.position, patientOrientation: ['L', 'P'], pixels,
    }),
    SOPClassUID: SopClass.CTImageStorage, ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    RescaleIntercept: -1024, RescaleSlope: 1, RescaleType: 'HU', KVP: 120, XRayTubeCurrent: 200, ExposureTime: 500,
    ConvolutionKernel: o.convolutionKernel, ReconstructionDiameter: o.matrix * o.pixelMm, SpacingBetweenSlices: o.spacingMm,
    GantryDetectorTilt: 0, WindowCenter: 300, WindowWidth: 1500, SliceLocation: round(grid.position[2]),
  }); // prettier-ignore
  return {
    kind: 'ct', seed, studyInstanceUID: identity.studyInstanceUID, instanceCount: grids.length,
    truth: measureTruth(anatomy, 'ct', identity.studyInstanceUID, { fromZ: grids[0]!.position[2], toZ: grids[grids.length - 1]!.position[2] }),
    *instances(): Generator<PhantomInstance> {
      const draw = renderer();
      for (const [n, grid] of grids.entries()) {
        const { signal: picture } = draw.render(grid, acquisition);
        addNoise(picture, o.matrix, o.matrix, o.noiseHU, rng.fork(`noise${n}`), { grainPx: 0.6, rician: false });
        const data = dataset(toStored(picture), grid, n + 1);
        yield { sopInstanceUID: identity.uid('instance', 'ct', String(n + 1)), series: 'ct', instanceNumber: n + 1, bytes: encodePart10(data) };
      }
    },
    *labels() {
      yield collectLabels('ct', grids, [0, 0, o.spacingMm], renderer());
    },
  }; // prettier-ignore
}

/** Slices from the middle of S2 to above T11, caudal to cranial, centred on the column. */
function axialGrids(anatomy: Anatomy, matrix: number, pixelMm: number, spacingMm: number): ImageGrid[] {
  const top = anatomy.bodies.find((body) => body.plan.level === 'T11') ?? anatomy.bodies[anatomy.bodies.length - 1]!;
  const toZ = top.plan.frame.origin[2] + top.plan.heightMm / 2 + 3;
  const fromZ = -42 * anatomy.plan.scale;
  const seen = anatomy.bodies.map((body) => body.plan.frame.origin).filter((p) => p[2] < toZ);
  const middle = (axis: 0 | 1): number =>
    (Math.min(...seen.map((p) => p[axis])) + Math.max(...seen.map((p) => p[axis]))) / 2;
  const half = ((matrix - 1) / 2) * pixelMm;
  const [x, y] = [round(middle(0) - half), round(middle(1) + 14 - half)];
  const count = Math.floor((toZ - fromZ) / spacingMm) + 1;
  return Array.from({ length: count }, (_, k): ImageGrid => ({
    position: [x, y, round(fromZ + k * spacingMm)], alongRow: [1, 0, 0], alongColumn: [0, 1, 0], rows: matrix, columns: matrix, pixelMm,
  })); // prettier-ignore
}

function toStored(picture: Float32Array): Uint16Array {
  const pixels = new Uint16Array(picture.length);
  for (let n = 0; n < pixels.length; n++) pixels[n] = Math.min(4095, Math.max(0, Math.round(picture[n]!) + 1024));
  return pixels;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
