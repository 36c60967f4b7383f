import { affineColumn, cross, dot, length, normalise, scale } from '@endplate/dicom';
import {
  discBetween, type Assessment, type CoronalCobb, type DiscFinding, type DiscLevel, type EndplateFinding, type KeySlice, type Labelling, type VertebraFinding,
} from '@endplate/findings'; // prettier-ignore
import { type Volume } from '@endplate/imaging';
import { labelConfidence } from './confidence/finding-confidence';
import { type LabelMap } from './label-map';
import { type FoundSpine } from './level/find-spine';
import { type NativeLabels } from './level/native-labels';
import { type EndplateDefectOf } from './measure/endplate-course';
import { vertebraHeights } from './measure/disc-measures';
import { type MeasuredDisc, type MeasuredVertebra, type SpineModel } from './measure/spine-model';
import { type DiscEvidence } from './mr/disc-evidence';
import { imageReference } from './outline/image-reference';
import { type DrawnLesion } from './outline/key-slices';
import { labelLesions } from './outline/label-lesions';
import { planeDisplay } from './outline/plane-display';
import { structureOutlines, type OutlineSource } from './outline/structure-outlines';
import { type SagittalGrid } from './segment/probability-stack';
import { labelExtents } from './shape/label-extent';

/** What an analysis of CT or MR gives before it is framed as findings. */
export interface AnalysedSpine {
  readonly labelling: Labelling;
  readonly lumbarLordosisDeg: Assessment<number>;
  readonly coronalCobb: Assessment<CoronalCobb>;
  readonly vertebrae: readonly VertebraFinding[];
  readonly discs: readonly DiscFinding[];
  readonly endplates: readonly EndplateFinding[];
  readonly remarks: readonly string[];
  readonly labelMaps: readonly LabelMap[];
  readonly keySlices: readonly KeySlice[];
  readonly modicEvidence?: ReadonlyMap<string, DiscEvidence>;
}

/** How outlines of a series refer to its images. */
export function outlineSource(volume: Volume, grid: SagittalGrid): OutlineSource {
  const native = normalise(affineColumn(volume.ijkToLps, 2));
  const sagittal = normalise(affineColumn(grid.affine, 2));
  return {
    ...(volume.frameOfReferenceUID ? { frameOfReferenceUID: volume.frameOfReferenceUID } : {}),
    images: volume.slices.map(imageReference),
    sagittal: Math.abs(dot(native, sagittal)) > 0.999 && volume.dims[2] === grid.dims[2],
  };
}

/** The name of a disc where both its vertebrae are named. */
export function discLevel(disc: MeasuredDisc): DiscLevel | null {
  const [above, below] = [disc.above?.level, disc.below?.level];
  return above && below ? (discBetween(above, below) ?? null) : null;
}

/** Findings of the vertebrae, caudal to cranial. */
export function vertebraFindings(
  model: SpineModel,
  spine: FoundSpine,
  labels: NativeLabels,
  source: OutlineSource,
  defectOf: EndplateDefectOf,
): VertebraFinding[] {
  return model.vertebrae.map((vertebra): VertebraFinding => {
    const sure = labelConfidence(spine.named.labelling.gap, vertebra.level !== null);
    const heights = vertebraHeights(vertebra, sure);
    const wedge = wedgePercent(heights.status === 'assessed' ? heights.value : undefined);
    return {
      id: vertebra.id,
      ordinal: vertebra.ordinal,
      level: vertebra.level,
      centroidLps: [...vertebra.centroidLps],
      outlines: structureOutlines(spine.map, labels, vertebra.instance, source),
      heights,
      ...(wedge === undefined ? {} : { wedgePercent: wedge }),
      endplateDefects: {
        superior: defectOf(vertebra, 'superior', sure),
        inferior: defectOf(vertebra, 'inferior', sure),
      },
    };
  });
}

function wedgePercent(heights: { anteriorMm: number; posteriorMm: number } | undefined): number | undefined {
  if (!heights || !(heights.posteriorMm > 0)) return undefined;
  return (100 * (heights.posteriorMm - heights.anteriorMm)) / heights.posteriorMm;
}

/** The label map of one series. */
export function labelMap(
  volume: Volume,
  labels: NativeLabels,
  model: SpineModel,
  lesions: readonly DrawnLesion[] = [],
): LabelMap {
  const extents = labelExtents(labels.instances, labels.dims);
  const structures: readonly (MeasuredVertebra | MeasuredDisc)[] = [...model.vertebrae, ...model.discs];
  return {
    seriesInstanceUID: volume.seriesInstanceUID,
    ...(volume.frameOfReferenceUID ? { frameOfReferenceUID: volume.frameOfReferenceUID } : {}),
    ...labels,
    instanceList: structures.map(({ id, instance }) => ({
      value: instance.label,
      kind: instance.kind === 'disc' ? 'disc' : instance.kind === 'body' ? 'body' : 'sacrum',
      findingId: id,
      voxels: extents[instance.label]?.voxels ?? 0,
    })),
    seriesDims: volume.dims,
    images: volume.slices.map(imageReference),
    ...planeDisplay(volume),
    lesions: labelLesions(lesions, labels, model),
  };
}

/** Text that stands beside a structure: its level where named, else its number from the caudal end. */
export function levelText(model: SpineModel, id: string): string {
  const vertebra = model.vertebrae.find((v) => v.id === id);
  if (vertebra) return vertebra.level ?? (vertebra.ordinal === 0 ? 'sacrum' : `v${vertebra.ordinal}`);
  const disc = model.discs.find((d) => d.id === id);
  if (disc) return discLevel(disc) ?? `d${disc.ordinal}`;
  const side = id.endsWith('-superior') ? 'sup' : 'inf';
  return `${levelText(model, id.replace(/-(superior|inferior)$/, ''))} ${side}`;
}

/** Edge lengths of a volume's voxels, mm, [i, j, k]; k is the distance along the normal. */
export function voxelSpacing(volume: Volume): [number, number, number] {
  const [i, j, k] = ([0, 1, 2] as const).map((axis) => affineColumn(volume.ijkToLps, axis));
  const normal = normalise(cross(scale(i!, 1), scale(j!, 1)));
  return [length(i!), length(j!), Math.abs(dot(k!, normal))];
}
