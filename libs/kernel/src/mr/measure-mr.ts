import { applyAffine, affineColumn, length } from '@endplate/dicom';
import { notAssessed, type Assessment, type DiscSignal } from '@endplate/findings';
import { type NativeLabels } from '../level/native-labels';
import { type EndplateSide } from '../measure/endplate-course';
import { type DiscMeasures } from '../measure/disc-measures';
import { profileDepth } from '../measure/heights';
import { meanHeightMm, type MeasuredDisc, type MeasuredVertebra, type SpineModel } from '../measure/spine-model';
import { mean, median } from '../measure/statistics';
import { type SagittalGrid } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { THRESHOLDS } from '../thresholds';
import { type FindingSurety } from '../confidence/finding-confidence';
import { correctBias } from './bias-field';
import { contradictsRole } from './csf-check';
import { discEvidence, type DiscEvidence, type EndplateMarrow } from './disc-evidence';
import { assessDiscSignal } from './disc-signal';
import { isReferenceMarrow, marrowVoxels, type MarrowVoxel, type SignalAt } from './marrow';
import { marrowReferences, type MarrowReference } from './marrow-reference';
import { assessModic, type ModicResult } from './modic';
import { signalChange } from './signal-change';

const MIN_FACED = 0.75;

/** What the MR series of a study offer for measuring, already brought onto the primary series. */
export interface MrSignals {
  readonly t1?: SignalAt;
  readonly t2?: SignalAt;
  /** Whether `t2` suppresses fat. */
  readonly fatSuppressed: boolean;
  /** Set when T1 and T2 lie further apart than allowed, or could not be compared. */
  readonly misalignedMm?: number;
}

/** Measures the endplates and discs of one spine on MR. */
export class MrMeasurement {
  private readonly marrow: ReadonlyMap<string, readonly MarrowVoxel[]>;
  private readonly references: ReadonlyMap<string, MarrowReference | undefined>;
  private readonly contradiction: string | undefined;

  constructor(
    private readonly model: SpineModel,
    private readonly labels: NativeLabels,
    private readonly grid: SagittalGrid,
    private readonly signals: MrSignals,
  ) {
    const lists = model.vertebrae.map((v) => marrowVoxels(labels, v.instance.label, v.profiles, grid, signals));
    correctBias(lists, 't1');
    correctBias(lists, 't2');
    const references = marrowReferences(lists);
    this.marrow = new Map(model.vertebrae.map((v, n) => [v.id, lists[n]!]));
    this.references = new Map(model.vertebrae.map((v, n) => [v.id, references[n]]));
    this.contradiction = this.findContradiction(lists.flat());
  }

  /** Modic change of one endplate. */
  modic(vertebra: MeasuredVertebra, disc: MeasuredDisc, side: EndplateSide, sure: FindingSurety): ModicResult {
    const reason = this.reasonAgainstTyping();
    if (reason) return { assessment: this.withSignalChange(reason, vertebra, disc, side), lesions: [] };
    const profiles = vertebra.central;
    const height = meanHeightMm(vertebra) ?? THRESHOLDS.level.bodyHeightMm;
    const first = profiles[0];
    if (!first) {
      return {
        assessment: notAssessed('TOO_FEW_SLICES_OF_STRUCTURE', 'The vertebra is not seen in its middle.'),
        lesions: [],
      };
    }
    const [dx, dy] = this.pixelMm();
    const faced = slicesFaced(vertebra, disc);
    return assessModic({
      side,
      marrow: (this.marrow.get(vertebra.id) ?? []).filter((v) => faced.has(v.slice)),
      reference: this.references.get(vertebra.id),
      fatSuppressed: this.signals.fatSuppressed,
      pixelMm: Math.max(dx, dy),
      pixelAreaMm2: dx * dy,
      sliceCount: this.grid.dims[2] === 1 ? 1 : faced.size,
      bodyHeightMm: height,
      endplateLengthMm: Math.max(profileDepth(first), 1),
      outlineConfidence: Math.min(sure.outlineConfidence, Math.max(vertebra.support, 0.05)),
      labelConfidence: sure.labelConfidence,
    });
  }

  /** What speaks for or against Modic change around each disc, by its id; without those where it is not assessed. */
  evidence(measuresOf: (disc: MeasuredDisc) => Pick<DiscMeasures, 'heightIndex' | 'slip'>): Map<string, DiscEvidence> {
    if (this.reasonAgainstTyping() || this.signals.fatSuppressed) return new Map();
    const found = this.model.discs.flatMap((disc) => {
      const evidence = this.evidenceOf(disc, measuresOf(disc));
      return evidence ? [[disc.id, evidence] as const] : [];
    });
    const spineDiscT2 = mean(found.map(([, { discT2 }]) => discT2));
    return new Map(found.map(([id, evidence]) => [id, { ...evidence, spineDiscT2 }]));
  }

  private evidenceOf(
    disc: MeasuredDisc,
    { heightIndex, slip }: Pick<DiscMeasures, 'heightIndex' | 'slip'>,
  ): Omit<DiscEvidence, 'spineDiscT2'> | undefined {
    if (heightIndex.status !== 'assessed') return undefined;
    const sides = [
      { vertebra: disc.below, side: 'superior' as const },
      { vertebra: disc.above, side: 'inferior' as const },
    ];
    const [dx, dy] = this.pixelMm();
    const spineT2 = median([...this.references.values()].flatMap((reference) => reference?.t2 ?? []));
    const endplates = sides.flatMap(({ vertebra, side }): EndplateMarrow[] => {
      const reference = vertebra && this.references.get(vertebra.id);
      if (!vertebra || !reference) return [];
      const middle = new Set(vertebra.central.map((profile) => profile.slice));
      const marrow = (this.marrow.get(vertebra.id) ?? []).filter((v) => middle.has(v.slice));
      return [{ side, marrow, reference, spineT2, pixelAreaMm2: (dx * dy) / Math.max(middle.size, 1) }];
    });
    const nucleus = this.nucleus(disc);
    const over = (channel: 't1' | 't2'): number =>
      median(nucleus.map((v) => v[channel]).filter(Number.isFinite)) /
      median(endplates.map((e) => e.reference[channel]));
    const state = {
      discT2: over('t2'),
      discHeight: heightIndex.value,
      ordinal: disc.ordinal,
      marrowContrast: -Math.log(over('t1')),
      slip: slip.status === 'assessed' ? Math.abs(slip.value.percentOfEndplate) : 0,
      support: disc.support,
    };
    return Object.values(state).every(Number.isFinite) ? discEvidence(endplates, state) : undefined;
  }

  /** T2 signal of one disc. */
  signal(disc: MeasuredDisc, heightIndex: number | undefined, sure: FindingSurety): Assessment<DiscSignal> {
    if (!this.signals.t2) return notAssessed('T2_MISSING', 'The signal of a disc is read on T2, which is missing.');
    if (this.signals.fatSuppressed)
      return notAssessed('T2_FAT_SUPPRESSED', 'The signal of a disc is read on T2 without fat suppression.');
    if (this.contradiction) return notAssessed('SEQUENCE_NOT_RECOGNISED', this.contradiction);
    const middle = new Set(disc.central.map((profile) => profile.slice));
    const canal = this.canalSignals(disc, middle);
    const [pixelMm] = this.pixelMm();
    const moved = [-pixelMm, pixelMm].map((inwardMm) => t2Of(this.nucleus(disc, inwardMm)));
    return assessDiscSignal(t2Of(this.nucleus(disc)), canal, heightIndex, sure, moved);
  }

  /** The voxels in the middle of a disc, its borders taken as lying further in. */
  private nucleus(disc: MeasuredDisc, inwardMm = 0): MarrowVoxel[] {
    const voxels = marrowVoxels(this.labels, disc.instance.label, disc.central, this.grid, this.signals);
    return voxels.filter((v) => {
      const profile = disc.central.find((p) => p.slice === v.slice)!;
      const centre = (profile.u[0]! + profile.u.at(-1)!) / 2;
      const height = v.fromTopMm + v.fromBottomMm;
      return (
        Math.abs(v.u - centre) <= (THRESHOLDS.degeneration.nucleusFraction / 2) * profileDepth(profile) &&
        v.fromTopMm >= 0.2 * height + inwardMm &&
        v.fromBottomMm >= 0.2 * height + inwardMm
      );
    });
  }

  /** Says of a change whose type can't be told for want of T1 or T2 that there is one. */
  private withSignalChange(
    reason: Assessment<never>,
    vertebra: MeasuredVertebra,
    disc: MeasuredDisc,
    side: EndplateSide,
  ): Assessment<never> {
    const channel = this.signals.t1 ? 't1' : 't2';
    if (reason.status !== 'not-assessed' || this.contradiction || (this.signals.t1 && this.signals.t2)) return reason;
    const [dx, dy] = this.pixelMm();
    const faced = slicesFaced(vertebra, disc);
    const changed = signalChange({
      side,
      channel,
      marrow: (this.marrow.get(vertebra.id) ?? []).filter((v) => faced.has(v.slice)),
      reference: this.references.get(vertebra.id),
      pixelMm: Math.max(dx, dy),
      pixelAreaMm2: dx * dy,
      sliceCount: this.grid.dims[2] === 1 ? 1 : faced.size,
    });
    return changed
      ? notAssessed(reason.reason.code, `Signal change, type not assessable. ${reason.reason.text}`)
      : reason;
  }

  private reasonAgainstTyping(): Assessment<never> | undefined {
    const { t1, t2, misalignedMm } = this.signals;
    if (!t1) return notAssessed('T1_MISSING', 'Type is told from T1 and T2 together; T1 is missing.');
    if (!t2) return notAssessed('T2_MISSING', 'Type is told from T1 and T2 together; T2 is missing.');
    if (misalignedMm !== undefined) {
      const text = Number.isFinite(misalignedMm)
        ? `T1 and T2 lie ${misalignedMm.toFixed(1)} mm apart.`
        : 'T1 and T2 could not be aligned.';
      return notAssessed('T1_T2_NOT_ALIGNED', text);
    }
    return this.contradiction ? notAssessed('SEQUENCE_NOT_RECOGNISED', this.contradiction) : undefined;
  }

  /** In-plane size of a native voxel: its two smaller edges, mm. */
  private pixelMm(): [number, number] {
    const edges = ([0, 1, 2] as const)
      .map((axis) => length(affineColumn(this.labels.ijkToLps, axis)))
      .sort((a, b) => a - b);
    return [edges[0]!, edges[1]!];
  }

  /** T2 of the canal within 25 mm above and below a disc, on the disc's middle slices. */
  private canalSignals(disc: MeasuredDisc, slices: ReadonlySet<number>): number[] {
    return this.canalPoints(this.signals.t2!, (z) => Math.abs(z - disc.centroidLps[2]) <= 25, slices);
  }

  private canalPoints(signal: SignalAt, near: (z: number) => boolean, slices?: ReadonlySet<number>): number[] {
    const [ni, nj] = this.labels.dims;
    const values: number[] = [];
    const centre = this.model.discs[0]?.instance.centroid[2] ?? 0;
    const allowed = slices ?? new Set([Math.floor(centre), Math.ceil(centre)]);
    for (
      let at = this.labels.classes.indexOf(CLASS.canal);
      at >= 0;
      at = this.labels.classes.indexOf(CLASS.canal, at + 1)
    ) {
      const k = Math.floor(at / (ni * nj));
      const p = applyAffine(this.labels.ijkToLps, [at % ni, Math.floor(at / ni) % nj, k]);
      if (!near(p[2]) || !allowed.has(this.sliceOf(p))) continue;
      const value = signal(p);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  private sliceOf(p: readonly [number, number, number]): number {
    const origin = affineColumn(this.grid.affine, 3);
    const step = affineColumn(this.grid.affine, 2);
    const norm = step[0] ** 2 + step[1] ** 2 + step[2] ** 2;
    return Math.round(
      ((p[0] - origin[0]) * step[0] + (p[1] - origin[1]) * step[1] + (p[2] - origin[2]) * step[2]) / norm,
    );
  }

  private findContradiction(marrow: readonly MarrowVoxel[]): string | undefined {
    const reference = marrow.filter(isReferenceMarrow);
    const check = (signal: SignalAt | undefined, role: 'mr-t1' | 'mr-t2', values: readonly number[]): boolean =>
      signal !== undefined &&
      contradictsRole(
        role,
        this.canalPoints(signal, () => true),
        values.filter(Number.isFinite),
      ) === true;
    if (
      check(
        this.signals.t1,
        'mr-t1',
        reference.map((v) => v.t1),
      )
    ) {
      return 'The series taken for T1 shows cerebrospinal fluid brighter than marrow.';
    }
    if (
      check(
        this.signals.t2,
        'mr-t2',
        reference.map((v) => v.t2),
      )
    ) {
      return 'The series taken for T2 shows cerebrospinal fluid darker than marrow.';
    }
    return undefined;
  }
}

/** T2 where it is known. */
function t2Of(voxels: readonly MarrowVoxel[]): number[] {
  return voxels.map((v) => v.t2).filter(Number.isFinite);
}

/** Slices on which the disc faces most of the endplate: beside them lies the rim, where outlines slip from bone to disc. */
function slicesFaced(vertebra: MeasuredVertebra, disc: MeasuredDisc): ReadonlySet<number> {
  const depths = new Map(vertebra.profiles.map((profile) => [profile.slice, profileDepth(profile)]));
  return new Set(
    disc.profiles
      .filter((profile) => profileDepth(profile) >= MIN_FACED * (depths.get(profile.slice) ?? Infinity))
      .map((profile) => profile.slice),
  );
}
