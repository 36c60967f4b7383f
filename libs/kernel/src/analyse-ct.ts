import { applyAffine, invertAffine, type Vec3 } from '@endplate/dicom';
import { notAssessed, type DiscFinding, type Reason } from '@endplate/findings';
import { type Volume } from '@endplate/imaging';
import {
  discLevel,
  labelMap,
  levelText,
  outlineSource,
  vertebraFindings,
  voxelSpacing,
  type AnalysedSpine,
} from './analysed-spine';
import { segmentSeries } from './analyse-series';
import { labelConfidence } from './confidence/finding-confidence';
import { endplateDefectOnCt } from './ct/endplate-defect';
import { measureDiscOnCt, type DiscCtResult } from './ct/measure-ct';
import { pointSpread } from './ct/point-spread';
import { type AnalysisPlan } from './gate/gate-study';
import { findSpine } from './level/find-spine';
import { nativeLabels } from './level/native-labels';
import { coronalCobb } from './measure/coronal-cobb';
import { discMeasures } from './measure/disc-measures';
import { lumbarLordosis } from './measure/lordosis';
import { spineModel } from './measure/spine-model';
import { keySlices, type DrawnLesion } from './outline/key-slices';
import { structureOutlines } from './outline/structure-outlines';
import { type KernelDependencies, type StudyInput } from './study-input';

/** Analyses the CT of a plan. */
export async function analyseCt(
  plan: Extract<AnalysisPlan, { kind: 'ct' }>,
  input: StudyInput,
  deps: KernelDependencies,
): Promise<AnalysedSpine | Reason> {
  const { volume, stack } = await segmentSeries(plan.ct.series, input.readInstance, deps);
  deps.notify?.({ type: 'stage', stage: 'level' });
  const spine = findSpine(stack, false);
  const labels = spine && nativeLabels(volume, stack, spine.map);
  if (!spine || !labels) return { code: 'NO_SPINE_FOUND', text: 'No vertebrae were found in the CT.' };
  deps.notify?.({ type: 'stage', stage: 'measure' });
  const model = spineModel(stack, spine);
  const source = outlineSource(volume, stack);
  const header = plan.ct.series.headers[0];
  const spread = pointSpread(
    volume.ijkToLps,
    voxelSpacing(volume),
    header?.convolutionKernel,
    header?.sliceThicknessMm,
  );
  const measured = model.discs.map((disc) => {
    const sure = labelConfidence(spine.named.labelling.gap, discLevel(disc) !== null);
    return { disc, result: measureDiscOnCt(volume, labels, stack, disc, spread, sure) };
  });
  const discs = measured.map(({ disc, result }): DiscFinding => ({
    id: disc.id,
    ordinal: disc.ordinal,
    level: discLevel(disc),
    vertebraAboveId: disc.above?.id ?? null,
    vertebraBelowId: disc.below?.id ?? null,
    centroidLps: [...disc.centroidLps],
    outlines: structureOutlines(spine.map, labels, disc.instance, source),
    seriesInstanceUID: volume.seriesInstanceUID,
    ...discMeasures(disc, labelConfidence(spine.named.labelling.gap, discLevel(disc) !== null)),
    calcification: result.assessment,
    vacuum: result.vacuum,
    signal: notAssessed('NEEDS_MR', 'The T2 signal of a disc needs MR.'),
  }));
  const lesions = measured.flatMap(({ disc, result }) => islandsToDraw(disc.id, result));
  return {
    labelling: spine.named.labelling,
    lumbarLordosisDeg: lumbarLordosis(model, spine.named.labelling.gap),
    coronalCobb: coronalCobb(model, stack),
    vertebrae: vertebraFindings(model, spine, labels, source, (vertebra, side, sure) =>
      endplateDefectOnCt(vertebra, side, sure, { volume, stack }),
    ),
    discs,
    endplates: [],
    remarks: ['Modic changes need MR with T1 and T2 and are not assessed on CT.'],
    labelMaps: [labelMap(volume, labels, model, lesions)],
    keySlices: keySlices({
      volume,
      map: spine.map,
      model,
      levelOf: (id) => levelText(model, id),
      lesions,
      toGrid: gridOf(stack.affine),
      caption: caption(volume),
    }),
  };
}

/** LPS to fractional grid coordinates. */
function gridOf(affine: readonly number[]): (p: Vec3) => Vec3 {
  const inverse = invertAffine(affine);
  return (p) => applyAffine(inverse, p);
}

function caption(volume: Volume): string {
  return `CT, sagittal reformat of ${volume.dims[2]} slices, window -250 to 750 HU`;
}

/** All islands of a disc as one mask on its box. */
function islandsToDraw(discId: string, result: DiscCtResult): DrawnLesion[] {
  const { box, assessment } = result;
  if (!box || assessment.status !== 'assessed' || result.islands.length === 0) return [];
  const mask = new Uint8Array(box.hu.length);
  for (const island of result.islands) for (const at of island.voxels) mask[at] = 1;
  const toBox = gridOf(box.ijkToLps);
  return [
    {
      kind: 'calcification',
      findingId: discId,
      label: `${assessment.value.volumeMm3.toFixed(0)} mm3`,
      discId,
      centreLps: assessment.value.islands[0]!.centroidLps,
      contains: (p) => {
        const [x, y, z] = toBox(p).map(Math.round) as [number, number, number];
        if (x < 0 || y < 0 || z < 0 || x >= box.nx || y >= box.ny || z >= box.nz) return false;
        return mask[(z * box.ny + y) * box.nx + x] === 1;
      },
    },
  ];
}
