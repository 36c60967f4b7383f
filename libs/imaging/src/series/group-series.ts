import { DicomGeometryError, dot, planeAxes, type Vec3 } from '@endplate/dicom';
import { expandFrames } from './functional-groups';
import { type InstanceHeader } from './instance-header';
import { type Series, type SeriesProblem } from './series';
import { stackPlanes } from './stack-planes';

/** Cosine between normals (and between rows) from which planes count as parallel: 0.6 degrees. */
const PARALLEL = Math.cos((0.6 * Math.PI) / 180);

/**
 * Groups images into stacks of parallel planes, in order of Series Number and Series Instance UID.
 *
 * A DICOM series is split by frame of reference, size, pixel spacing, image type, echo time, stack, temporal position and
 * orientation. Images without geometry come as a series of their own with the problem named; nothing is lost.
 */
export function groupSeries(headers: readonly InstanceHeader[]): Series[] {
  const groups = new Map<string, InstanceHeader[]>();
  for (const image of headers) {
    for (const header of expandFrames(image)) {
      const key = groupKey(header);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [header]);
      else group.push(header);
    }
  }
  const series = [...groups.values()].flatMap((group) => {
    const placed = group.filter(hasGeometry);
    const unplaced = group.filter((header) => !hasGeometry(header));
    const stacks = splitByOrientation(placed).flatMap(splitRepeats).map(makeSeries);
    return unplaced.length === 0 ? stacks : [...stacks, seriesWithoutGeometry(unplaced)];
  });
  return series.sort(bySeriesNumber);
}

function groupKey(header: InstanceHeader): string {
  const spacing = header.pixelSpacing?.map((mm) => mm.toFixed(4)).join('\\') ?? '';
  // Of the image type only what tells images of one series apart: localiser, and on MR the kind of contrast (Dixon, phase).
  const localiser = header.imageType.some((value) => value.toUpperCase() === 'LOCALIZER');
  const contrast = header.modality === 'MR' ? header.imageType.slice(2).join('\\') : '';
  return JSON.stringify([
    header.seriesInstanceUID,
    header.modality,
    header.frameOfReferenceUID ?? '',
    header.rows,
    header.columns,
    spacing,
    localiser,
    contrast,
    header.modality === 'MR' ? (header.echoTimeMs ?? '') : '',
    header.stackId ?? '',
    header.temporalPosition ?? '',
  ]);
}

function hasGeometry(header: InstanceHeader): boolean {
  if (header.imagePositionPatient === undefined || header.pixelSpacing === undefined) return false;
  if (header.imageOrientationPatient === undefined || (header.numberOfFrames > 1 && header.frameNumber === undefined)) {
    return false;
  }
  try {
    planeAxes(header.imageOrientationPatient);
    return true;
  } catch (error) {
    if (error instanceof DicomGeometryError) return false;
    throw error;
  }
}

function splitByOrientation(headers: readonly InstanceHeader[]): InstanceHeader[][] {
  const stacks: { normal: Vec3; row: Vec3; headers: InstanceHeader[] }[] = [];
  for (const header of headers) {
    const { normal, row } = planeAxes(header.imageOrientationPatient ?? []);
    const stack = stacks.find((other) => dot(other.normal, normal) > PARALLEL && dot(other.row, row) > PARALLEL);
    if (stack === undefined) stacks.push({ normal, row, headers: [header] });
    else stack.headers.push(header);
  }
  return stacks.map((stack) => stack.headers);
}

/** Acquisitions that each cover the same positions (phases, repeats) are stacks of their own. */
function splitRepeats(headers: InstanceHeader[]): InstanceHeader[][] {
  const byAcquisition = new Map<number | undefined, InstanceHeader[]>();
  for (const header of headers) {
    const group = byAcquisition.get(header.acquisitionNumber);
    if (group === undefined) byAcquisition.set(header.acquisitionNumber, [header]);
    else group.push(header);
  }
  const parts = [...byAcquisition.values()];
  const positions = (group: readonly InstanceHeader[]): number =>
    new Set(group.map((header) => header.imagePositionPatient?.map((mm) => mm.toFixed(2)).join('\\'))).size;
  const all = positions(headers);
  const repeated = all < headers.length && parts.length > 1 && parts.every((part) => positions(part) === all);
  return repeated ? parts : [headers];
}

function makeSeries(headers: readonly InstanceHeader[]): Series {
  const { problems, ...stack } = stackPlanes(headers);
  return assemble(headers, stack, problems);
}

function seriesWithoutGeometry(headers: readonly InstanceHeader[]): Series {
  const multiFrame = headers.some((header) => header.numberOfFrames > 1);
  const problem: SeriesProblem = multiFrame
    ? { code: 'multi-frame-without-geometry', text: 'A multi-frame image without usable per-frame positions.' }
    : { code: 'no-geometry', text: 'Position, orientation or pixel spacing is missing or unusable.' };
  const sorted = [...headers].sort((a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0));
  const stack = {
    headers: sorted,
    normal: [0, 0, 0] as Vec3,
    spacingMm: 0,
    stepLps: [0, 0, 0] as Vec3,
    planeIndices: sorted.map((_, index) => index),
  };
  return assemble(headers, stack, [problem]);
}

function assemble(
  headers: readonly InstanceHeader[],
  stack: Pick<Series, 'headers' | 'normal' | 'spacingMm' | 'stepLps' | 'planeIndices'>,
  problems: readonly SeriesProblem[],
): Series {
  const first = headers[0] as InstanceHeader;
  return {
    seriesInstanceUID: first.seriesInstanceUID,
    modality: first.modality,
    ...stack,
    problems: problems.map((problem) => `${problem.code}: ${problem.text}`),
    problemList: problems,
  };
}

function bySeriesNumber(a: Series, b: Series): number {
  const number = (series: Series): number => series.headers[0]?.seriesNumber ?? Number.MAX_SAFE_INTEGER;
  if (number(a) !== number(b)) return number(a) - number(b);
  return a.seriesInstanceUID < b.seriesInstanceUID ? -1 : a.seriesInstanceUID > b.seriesInstanceUID ? 1 : 0;
}
