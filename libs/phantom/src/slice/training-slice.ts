import { type Vec3 } from '@endplate/dicom';
import { drawAnatomy, type Anatomy, type AnatomyOptions } from '../anatomy/anatomy';
import { createRaster, rasterise, type Raster, type RasterPlane } from '../anatomy/rasterise';
import { Rng } from '../random/rng';
import { ValueNoise } from '../random/value-noise';
import { drawContrast, type Contrast, type ContrastKind } from './contrast';
import { degrade, type Picture } from './degrade';
import { quantile } from './filter';
import { drawSagittalPlane, drawSlab, PLANES_PER_THICK_SLICE } from './sagittal-plane';

/** Part of the cortex that training labels leave out: MR shows marrow and disc with a dark band between them. */
export const TRAINING_BODY_CLASS_FROM_CORTEX = 0.75;

/** One sagittal slice for training: rows superior to inferior, columns anterior to posterior, 1 mm pixels. */
export interface TrainingSlice {
  readonly index: number;
  readonly columns: number;
  readonly rows: number;
  readonly kind: ContrastKind;
  /** Grey values 0 to 255, row-major. */
  readonly image: Uint8Array;
  /** Classes of the network, row-major. */
  readonly label: Uint8Array;
  /** The same place one slice to the right and one to the left of the patient, where they were asked for. */
  readonly neighbours?: { readonly offsetMm: number; readonly right: Uint8Array; readonly left: Uint8Array };
}

/** How training slices are drawn. */
export interface TrainingSliceOptions {
  readonly seed: number;
  readonly count: number;
  /** Side of the square slice in mm and pixels. */
  readonly size?: number;
  /** Slices drawn of one patient before the next one. */
  readonly perPatient?: number;
  /** Draw the slices beside as well, this far away (shortest and longest distance, mm), for networks of three channels. */
  readonly neighboursMm?: readonly [number, number];
}

const FINE = 2;

/** What training wants to see more of than a practice would. */
const TRAINING_ANATOMY: AnatomyOptions = {
  bodyClassFromCortex: TRAINING_BODY_CLASS_FROM_CORTEX,
  hollowSides: true,
  slipShare: 0.1,
};

interface SliceSetting {
  readonly anatomy: Anatomy;
  readonly size: number;
  readonly rasters: readonly Raster[];
  readonly neighboursMm?: readonly [number, number];
}

/** Draws training slices one after the other; the same options give the same slices. */
export function* trainingSlices(options: TrainingSliceOptions): Generator<TrainingSlice> {
  const { seed, count, size = 320, perPatient = 4, neighboursMm } = options;
  const rasters = Array.from({ length: PLANES_PER_THICK_SLICE }, () => createRaster(size * FINE, size * FINE));
  let anatomy: Anatomy | undefined;
  for (let index = 0; index < count; index++) {
    const patient = Math.floor(index / perPatient);
    if (!anatomy || index % perPatient === 0) {
      anatomy = drawAnatomy(seed * 100003 + patient, TRAINING_ANATOMY);
    }
    const setting = { anatomy, size, rasters, ...(neighboursMm ? { neighboursMm } : {}) };
    yield drawSlice(setting, new Rng(seed, `slice${index}`), index);
  }
}

/** What the slice and its neighbours share. */
interface Shot {
  readonly plane: RasterPlane;
  /** Where the planes lie whose mean the slice is, mm to the left of the plane. */
  readonly slab: readonly number[];
  readonly contrast: Contrast;
}

function drawSlice(setting: SliceSetting, rng: Rng, index: number): TrainingSlice {
  const { anatomy, size, rasters } = setting;
  const plane = drawSagittalPlane(anatomy, rng, size, FINE);
  const slab = drawSlab(rng);
  const contrast = drawContrast(
    rng.fork('contrast'),
    anatomy.lesionHU,
    anatomy.discs.map((disc) => disc.look.hydration),
  );
  const shot = { plane, slab, contrast };
  const picture = shoot(setting, shot, 0, rng);
  const label = classesOf(rasters.slice(0, slab.length), size);
  const cut = rng.chance(0.15) ? drawCut(rng, size) : undefined;
  if (cut) {
    crop(picture.data, size, cut);
    crop(label, size, cut);
  }
  const clip = rng.chance(0.5) ? rng.uniform(0.97, 0.995) : rng.uniform(0.995, 1);
  const slice = { index, columns: size, rows: size, kind: contrast.kind, image: toBytes(picture.data, clip), label };
  if (!setting.neighboursMm) return slice;
  const offsetMm = rng.uniform(...setting.neighboursMm);
  const [right, left] = [-offsetMm, offsetMm].map((by) => {
    const beside = shoot(setting, shot, by, rng);
    if (cut) crop(beside.data, size, cut);
    return toBytes(beside.data, clip);
  }) as [Uint8Array, Uint8Array];
  return { ...slice, neighbours: { offsetMm, right, left } };
}

/** Draws the slice `byMm` to the left of the plane; contrast, bias and blur are those of its neighbours, noise is not. */
function shoot({ anatomy, size, rasters }: SliceSetting, shot: Shot, byMm: number, rng: Rng): Picture {
  const { slab, contrast } = shot;
  const plane = { ...shot.plane, origin: lateral(shot.plane.origin, byMm) };
  const cut = slab.map((at, n) =>
    rasterise(anatomy.solids, { ...plane, origin: lateral(plane.origin, at) }, rasters[n]),
  );
  const picture = render(cut, contrast, plane, size, rng.fork('render'));
  degrade(picture, contrast.kind, rng.fork('degrade'), rng.fork(`grain${byMm.toFixed(1)}`));
  return picture;
}

function lateral(origin: Vec3, by: number): Vec3 {
  return [origin[0] + by, origin[1], origin[2]];
}

function render(cut: readonly Raster[], contrast: Contrast, plane: RasterPlane, size: number, rng: Rng): Picture {
  const { water, fat, texture } = contrast;
  const middle = cut[cut.length >> 1]!;
  const data = new Float32Array(size * size);
  const wide = size * FINE;
  const shift = contrast.kind === 'ct' || rng.chance(0.4) ? 0 : rng.int(1, 4) * rng.sign();
  const shiftAlong = rng.chance(0.5) ? shift : shift * wide;
  const fineNoise = new ValueNoise(rng.fork('fine'), rng.uniform(0.9, 2.5));
  const coarseNoise = new ValueNoise(rng.fork('coarse'), rng.uniform(4, 14));
  const last = wide * wide - 1;
  const [o, c, r] = [plane.origin, plane.columnStep, plane.rowStep];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = row * FINE * wide + column * FINE;
      let sum = 0;
      for (const raster of cut) {
        const t = raster.tissue;
        for (let k = 0; k < 4; k++) {
          const from = at + (k & 1) + (k >> 1) * wide;
          const moved = Math.min(last, Math.max(0, from + shiftAlong));
          sum += water[t[from]!]! + fat[t[moved]!]!;
        }
      }
      const amplitude = texture[middle.tissue[at]!]!;
      let value = sum / (4 * cut.length);
      if (amplitude > 0) {
        const i = column * FINE;
        const j = row * FINE;
        const x = o[0] + c[0] * i + r[0] * j;
        const y = o[1] + c[1] * i + r[1] * j;
        const z = o[2] + c[2] * i + r[2] * j;
        value += amplitude * (0.6 * fineNoise.at(x, y, z) + 0.7 * coarseNoise.at(x, y, z));
      }
      data[row * size + column] = value;
    }
  }
  return { columns: size, rows: size, data };
}

/** The class that holds most of each pixel's thickness and area. */
function classesOf(cut: readonly Raster[], size: number): Uint8Array {
  const label = new Uint8Array(size * size);
  const wide = size * FINE;
  const votes = new Uint8Array(8);
  for (let n = 0; n < label.length; n++) {
    const at = Math.floor(n / size) * FINE * wide + (n % size) * FINE;
    votes.fill(0);
    let best = cut[cut.length >> 1]!.spineClass[at]!;
    for (const { spineClass } of cut) {
      for (const from of [at, at + 1, at + wide, at + wide + 1]) votes[spineClass[from]!]!++;
    }
    for (let c = 0; c < votes.length; c++) if (votes[c]! > votes[best]!) best = c;
    label[n] = best;
  }
  return label;
}

/** The side and depth in pixels of what a narrow field of view leaves out. */
interface Cut {
  readonly side: number;
  readonly depth: number;
}

function drawCut(rng: Rng, size: number): Cut {
  return { side: rng.int(0, 3), depth: rng.int(8, Math.floor(size * 0.3)) };
}

/** Empties one side of a square picture. */
function crop(pixels: Float32Array | Uint8Array, size: number, { side, depth }: Cut): void {
  for (let n = 0; n < pixels.length; n++) {
    const row = Math.floor(n / size);
    const column = n % size;
    const fromEdge = [row, size - 1 - row, column, size - 1 - column][side]!;
    if (fromEdge < depth) pixels[n] = 0;
  }
}

function toBytes(data: Float32Array, clip: number): Uint8Array {
  const low = quantile(data, 0.005);
  const high = quantile(data, clip);
  const factor = 235 / Math.max(1e-6, high - low);
  const bytes = new Uint8Array(data.length);
  for (let n = 0; n < data.length; n++)
    bytes[n] = Math.min(255, Math.max(0, Math.round(10 + (data[n]! - low) * factor)));
  return bytes;
}
