import {
  applyAffine,
  composeAffine,
  distance,
  dot,
  invertAffine,
  normalise,
  scale,
  sub,
  type Vec3,
} from '@endplate/dicom';
import { type LabelInstance, type LabelMap } from '../label-map';
import { mean } from '../measure/statistics';
import { type LabelVolume } from './nifti';

/** What a label file holds. */
export type EvaluatedStructure = 'body' | 'disc';

/** One labelled instance and what was found for it. */
export interface InstanceScore {
  /** Value in the label file. */
  readonly label: number;
  /** Place among the labelled instances from the caudal end, 0 the lowest. */
  readonly fromCaudal: number;
  /** Id of the finding matched to it, if any overlaps. */
  readonly findingId?: string;
  /** 2 |A and B| / (|A| + |B|) on the label grid; 0 without a match. */
  readonly dice: number;
  readonly detected: boolean;
}

/** Agreement of one label file with one kernel result. */
export interface CaseEvaluation {
  readonly structure: EvaluatedStructure;
  readonly instances: readonly InstanceScore[];
  /** Mean over the labelled instances, a missed one counting 0. */
  readonly dice: number;
  /** Detected over labelled instances. */
  readonly detection: number;
  /** Findings outside the spine or between matched ones; visible structures that carry no label are not false. */
  readonly falseInstances: number;
  /** Whether the matched findings follow the same order along the spine as the labels. */
  readonly orderCorrect: boolean;
}

/** A labelled instance counts as detected from this Dice on. */
const DETECTED_DICE = 0.5;

interface Tally {
  readonly labels: ReadonlyMap<number, { voxels: number; centroid: Vec3 }>;
  readonly found: ReadonlyMap<number, { voxels: number; centroid: Vec3 }>;
  /** Key `label * 256 + instance`. */
  readonly overlap: ReadonlyMap<number, number>;
}

/**
 * Compares an instance label volume with the label maps of a kernel result. Which structure the file holds is read from
 * what its labels overlap: predicted bodies or predicted discs.
 *
 * @param labels - truth, in the patient's LPS frame
 * @param labelMaps - of the kernel result; the one of `seriesInstanceUID`, or the one that overlaps most, is compared
 */
export function evaluateCase(
  labels: LabelVolume,
  labelMaps: readonly LabelMap[],
  seriesInstanceUID?: string,
): CaseEvaluation {
  const named = labelMaps.filter((map) => map.seriesInstanceUID === seriesInstanceUID);
  const candidates = (named.length > 0 ? named : labelMaps).map((map) => ({ map, counts: tally(labels, map) }));
  const best = candidates.sort((a, b) => overlapSum(b.counts) - overlapSum(a.counts))[0];
  if (!best) return emptyEvaluation(labels);
  const structure = inferStructure(best.counts, best.map.instanceList);
  const wanted = best.map.instanceList.filter((i) => (structure === 'disc' ? i.kind === 'disc' : i.kind !== 'disc'));
  const instances = matchInstances(best.counts, wanted);
  const dice = mean(instances.map((i) => i.dice));
  return {
    structure,
    instances,
    dice,
    detection: mean(instances.map((i) => (i.detected ? 1 : 0))),
    falseInstances: countFalse(best.counts, wanted, instances),
    orderCorrect: sameOrder(best.counts, wanted, instances),
  };
}

function emptyEvaluation(labels: LabelVolume): CaseEvaluation {
  const values = [...new Set(labels.data)].filter((value) => value > 0).sort((a, b) => a - b);
  const instances = values.map((label, fromCaudal) => ({ label, fromCaudal, dice: 0, detected: false }));
  return { structure: 'body', instances, dice: 0, detection: 0, falseInstances: 0, orderCorrect: true };
}

/** Counts over the label grid, so that both sides are measured in the same voxels. */
function tally(labels: LabelVolume, map: LabelMap): Tally {
  const toMap = composeAffine(invertAffine(map.ijkToLps), labels.ijkToLps);
  const truth = new Map<number, [number, number, number, number]>();
  const found = new Map<number, [number, number, number, number]>();
  const overlap = new Map<number, number>();
  const [ni, nj, nk] = labels.dims;
  const [mi, mj, mk] = map.dims;
  const add = (
    sums: Map<number, [number, number, number, number]>,
    key: number,
    i: number,
    j: number,
    k: number,
  ): void => {
    const sum = sums.get(key) ?? [0, 0, 0, 0];
    sum[0] += 1;
    sum[1] += i;
    sum[2] += j;
    sum[3] += k;
    sums.set(key, sum);
  };
  for (let k = 0, at = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++, at++) {
        const label = labels.data[at]!;
        const x = Math.round(toMap[0]! * i + toMap[1]! * j + toMap[2]! * k + toMap[3]!);
        const y = Math.round(toMap[4]! * i + toMap[5]! * j + toMap[6]! * k + toMap[7]!);
        const z = Math.round(toMap[8]! * i + toMap[9]! * j + toMap[10]! * k + toMap[11]!);
        const inside = x >= 0 && y >= 0 && z >= 0 && x < mi && y < mj && z < mk;
        const instance = inside ? map.instances[(z * mj + y) * mi + x]! : 0;
        if (label > 0) add(truth, label, i, j, k);
        if (instance > 0) add(found, instance, i, j, k);
        if (label > 0 && instance > 0)
          overlap.set(label * 256 + instance, (overlap.get(label * 256 + instance) ?? 0) + 1);
      }
    }
  }
  const finish = (sums: typeof truth): Map<number, { voxels: number; centroid: Vec3 }> =>
    new Map(
      [...sums].map(([key, [n, i, j, k]]) => [
        key,
        { voxels: n, centroid: applyAffine(labels.ijkToLps, [i / n, j / n, k / n]) },
      ]),
    );
  return { labels: finish(truth), found: finish(found), overlap };
}

function overlapSum(counts: Tally): number {
  return [...counts.overlap.values()].reduce((sum, value) => sum + value, 0);
}

function inferStructure(counts: Tally, list: readonly LabelInstance[]): EvaluatedStructure {
  const kinds = new Map(list.map((instance) => [instance.value, instance.kind]));
  let [body, disc] = [0, 0];
  for (const [key, voxels] of counts.overlap) {
    if (kinds.get(key % 256) === 'disc') disc += voxels;
    else body += voxels;
  }
  return disc > body ? 'disc' : 'body';
}

/** Pairs labels and findings one to one, the best Dice first. */
function matchInstances(counts: Tally, wanted: readonly LabelInstance[]): InstanceScore[] {
  const pairs: { label: number; instance: LabelInstance; dice: number }[] = [];
  for (const [label, truth] of counts.labels) {
    for (const instance of wanted) {
      const shared = counts.overlap.get(label * 256 + instance.value);
      const size = counts.found.get(instance.value)?.voxels;
      if (shared && size) pairs.push({ label, instance, dice: (2 * shared) / (truth.voxels + size) });
    }
  }
  pairs.sort((a, b) => b.dice - a.dice);
  const matched = new Map<number, Omit<InstanceScore, 'fromCaudal'>>();
  const used = new Set<number>();
  for (const { label, instance, dice } of pairs) {
    if (matched.has(label) || used.has(instance.value)) continue;
    used.add(instance.value);
    matched.set(label, { label, findingId: instance.findingId, dice, detected: dice >= DETECTED_DICE });
  }
  const upward = [...counts.labels].sort(([, a], [, b]) => a.centroid[2] - b.centroid[2]).map(([label]) => label);
  return [...counts.labels.keys()]
    .sort((a, b) => a - b)
    .map((label) => ({
      ...(matched.get(label) ?? { label, dice: 0, detected: false }),
      fromCaudal: upward.indexOf(label),
    }));
}

/** Findings without a label that lie off the line through the labelled ones, or between two neighbouring labels. */
function countFalse(counts: Tally, wanted: readonly LabelInstance[], scores: readonly InstanceScore[]): number {
  const matched = new Set(scores.flatMap((s) => (s.findingId === undefined ? [] : [s.findingId])));
  const line = [...counts.labels.values()].map((v) => v.centroid).sort((a, b) => a[2] - b[2]);
  if (line.length < 2) return 0;
  return wanted.filter((instance) => {
    const found = counts.found.get(instance.value);
    if (!found || matched.has(instance.findingId)) return false;
    return !continuesLine(found.centroid, line);
  }).length;
}

function continuesLine(p: Vec3, line: readonly Vec3[]): boolean {
  const ends: readonly (readonly [Vec3, Vec3])[] = [
    [line[0]!, line[1]!],
    [line.at(-1)!, line.at(-2)!],
  ];
  return ends.some(([end, inner]) => {
    const direction = normalise(sub(end, inner));
    const along = dot(sub(p, end), direction);
    const across = distance(sub(p, end), scale(direction, along));
    return along > 0.4 * distance(end, inner) && across < 15 + 0.8 * along;
  });
}

function sameOrder(counts: Tally, wanted: readonly LabelInstance[], scores: readonly InstanceScore[]): boolean {
  const place = new Map(wanted.map((instance, n) => [instance.findingId, n]));
  const places = scores
    .filter((s) => s.findingId !== undefined && s.detected)
    .sort((a, b) => counts.labels.get(a.label)!.centroid[2] - counts.labels.get(b.label)!.centroid[2])
    .map((s) => place.get(s.findingId!)!);
  const up = places.every((value, n) => n === 0 || value > places[n - 1]!);
  const down = places.every((value, n) => n === 0 || value < places[n - 1]!);
  return up || down;
}
