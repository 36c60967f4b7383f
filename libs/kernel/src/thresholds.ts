/** One number that decides, with its unit and where it comes from. */
export interface Threshold {
  readonly value: number;
  readonly unit: string;
  readonly source: string;
}

/** Version of the table below; written into findings.json and every SR. Any change of a value changes it. */
export const THRESHOLDS_VERSION = '2026.11.18';

const t = (value: number, unit: string, source: string): Threshold => ({ value, unit, source });
const AGATSTON = 'Agatston et al. 1990, J Am Coll Cardiol 15:827';
const MODIC = 'Modic et al. 1988, Radiology 166:193, as ratios to the marrow of the same vertebra';
const OWN = 'Endplate, engineering choice';
const PRESENCE =
  'logistic regression on 153 patients of SPIDER (van der Graaf et al. 2024, Sci Data 11:264), `endplate evaluate`';
const GRADES =
  'Pfirrmann et al. 2001, Spine 26:1873; borders of the ratio fitted to the grades of SPIDER (van der Graaf et al. 2024, Sci Data 11:264)';
const PANJABI = 'Panjabi et al. 1992, Spine 17:299, width and depth of the endplates L1 to L5';
const COLLAPSED =
  'Endplate: of eight SPIDER patients with a disc that looks like the one below S1, four had a collapsed L5/S1 there; beyond it names are withheld';
const GAUSS = 'normal distribution: 1.4826 MAD estimates sigma';

/** Every threshold of the kernel by group and name. */
export const THRESHOLD_TABLE = {
  gate: {
    minSlicesMr: t(1, 'slices', `${OWN}: one mid-sagittal slice can show a spine`),
    minSlicesCt: t(12, 'slices', OWN),
    minSagittalExtentMm: t(60, 'mm', `${OWN}: two lumbar segments`),
    maxInPlaneMm: t(2.5, 'mm', OWN),
    maxSliceMrMm: t(8, 'mm', OWN),
    maxSliceCtMm: t(5.5, 'mm', OWN),
    maxObliquityDeg: t(35, 'degrees', `${OWN}: sagittal planes only on MR`),
    isotropicMm: t(1.6, 'mm', `${OWN}: 3-D acquisitions may be reformatted`),
    t1MaxTrMs: t(1100, 'ms', 'spin echo T1 weighting: TR short, TE short'),
    t1MaxTeMs: t(35, 'ms', 'spin echo T1 weighting: TR short, TE short'),
    t2MinTrMs: t(900, 'ms', 'spin echo T2 weighting: TE long; TR 1000 with restore pulse in 3-D turbo spin echo'),
    t2MinTeMs: t(60, 'ms', 'spin echo T2 weighting: TR long, TE long'),
    stirMaxTiMs: t(260, 'ms', 'inversion time of fat is 130 to 240 ms at 1.5 to 3 T'),
    flairMinTiMs: t(500, 'ms', 'T1 FLAIR inverts near 700 to 1000 ms'),
    csfBrightRatio: t(1.15, 'CSF / marrow', `${OWN}: T2 shows CSF brighter than marrow, T1 darker`),
    csfDarkRatio: t(0.9, 'CSF / marrow', `${OWN}: T2 shows CSF brighter than marrow, T1 darker`),
  },
  segment: {
    inPlaneMm: t(1, 'mm', 'spacing of the training slices'),
    ctSliceMm: t(3, 'mm', `${OWN}: a lumbar body is 45 mm wide, 15 slices show it`),
    ctHalfWidthMm: t(39, 'mm', `${OWN}: half a body, transverse scoliosis allowance`),
    ctWindowLowHU: t(-250, 'HU', 'range in which soft tissue and bone differ'),
    ctWindowHighHU: t(900, 'HU', 'range in which soft tissue and bone differ'),
    ctBoneHU: t(180, 'HU', `${OWN}: cancellous bone after blur`),
    batch: t(2, 'slices', OWN),
  },
  level: {
    minBodyProbability: t(0.4, '1', OWN),
    minDiscVolumeMm3: t(400, 'mm3', `${OWN}: 30 mm wide, 25 mm deep, 1 mm high, half of it`),
    minGap: t(0.15, '1', `${OWN}: below it names are withheld`),
    lateralStepMm: t(4, 'mm', 'usual distance of sagittal slices'),
    lateralShare: t(0.45, '1', `${OWN}: of what the slice beside lacks; voxels over 0.9 stay`),
    lateralTiltDeg: t(25, 'degrees', `${OWN}: tilt in the coronal plane of an end vertebra of a curve of 50 degrees`),
    bodyWidthRatio: t(1.32, 'of the depth', PANJABI),
    sacrumWidthRatio: t(1.49, 'of the depth', `${PANJABI}: lower endplate of L5`),
    bodyWidthSpreadMm: t(
      4,
      'mm',
      `${OWN}: people, levels and depths measured in thick slices differ; 4 did better than 2.5 on drawn studies`,
    ),
    bodySideWaist: t(0.1, 'of the width', `${OWN}: middle of what libs/phantom draws`),
    rudimentDepth: t(
      0.7,
      'of the depth of the disc above',
      `${OWN}: below it the lowest disc is taken for the one between S1 and S2`,
    ),
    doubtfulDepth: t(0.55, 'of the depth of the disc above', `${OWN}: from it to rudimentDepth names are withheld`),
    sacralTurnDeg: t(20, 'degrees', `${COLLAPSED}: S1 turned from L5 by 34 or more`),
    sacralDepthRatio: t(0.9, 'of the lower depth of the body above', `${COLLAPSED}: S1 had 0.72 to 0.88`),
    sacralTaper: t(1.1, 'of its own upper depth', `${COLLAPSED}: S1 had 0.85 to 1.08`),
    cleftFrom: t(
      0.7,
      'of the height of the body above',
      `${OWN}: remnants that show in SPIDER (van der Graaf et al. 2024, Sci Data 11:264) lie at 0.8 to 1.3`,
    ),
    cleftTo: t(1.35, 'of the height of the body above', 'as cleftFrom; S2 ends beyond 1.7'),
    cleftTiltDeg: t(24, 'degrees', `${OWN}: the sacrum bends, the axis is found to a few degrees`),
    cleftContrast: t(
      0.2,
      'of the marrow',
      `${OWN}: two endplates of 0.5 mm without signal in a line of 2 mm, half of it`,
    ),
    cleftNoise: t(5, 'sigma', `${OWN}: the darkest of some 400 lines of nothing but noise stays below 4`),
    cleftHeightMm: t(8, 'mm', `${OWN}: a high remnant with its endplates`),
    sacralRoofMinMm: t(4, 'mm', `${OWN}: at other endplates the network leaves 1 mm free, seldom 3`),
    sacralRoofMaxMm: t(8, 'mm', `${OWN}: above worn endplates of real MR the network begins S1 up to 7 mm too low`),
    sacralRoofFreeMm: t(2, 'mm', `${OWN}: between centres of voxels, so that outlines lie about 1 mm apart`),
    bodyHeightMm: t(27, 'mm', 'mean height of lumbar bodies, Zhou et al. 2000, Eur Spine J 9:242'),
    discHeightMm: t(9, 'mm', 'mean height of lumbar discs, Zhou et al. 2000, Eur Spine J 9:242'),
  },
  ct: {
    seedHU: t(200, 'HU', `${AGATSTON}: 130 HU, raised by disc fibrosis and noise`),
    growHU: t(130, 'HU', AGATSTON),
    growSigmas: t(3, 'sigma', GAUSS),
    minIslandMm3: t(3, 'mm3', OWN),
    guardFwhms: t(0.65, 'FWHM', 'edge response of a Gaussian: 6 % of the step is left at 0.65 FWHM'),
    separateMm: t(0.5, 'mm', `${OWN}: the outline of bone may be half a voxel of the segmentation off`),
    thickFwhms: t(
      1.5,
      'FWHM within the slice',
      `${OWN}: from this distance of slices a gap to bone is not seen across them`,
    ),
    contactShare: t(
      0.5,
      '1',
      `${OWN}: a calcification ends where half of its step is left; what is denser in the guard band ties it to bone`,
    ),
    rimRadius: t(0.8, 'of the half axes', `${OWN}: osteophytes stand at the rim`),
    rimFwhms: t(0.65, 'FWHM', 'as guardFwhms'),
    plateauNoise: t(
      1.28,
      'sigma',
      'normal distribution: half of an island is inside; 9 in 10 of it lie below 1.28 sigma',
    ),
    minHeightFwhms: t(2, 'FWHM', `${OWN}: nothing is left between two guard bands below it`),
    maxSigmaHU: t(40, 'HU', `${OWN}: 200 HU is then less than 3 sigma over 80 HU`),
    maxReferenceHU: t(160, 'HU', `${OWN}: discs measure 50 to 120 HU; more is contrast medium`),
    myelographyCanalHU: t(130, 'HU', `${OWN}: CSF measures 0 to 30 HU; more is intrathecal contrast`),
    metalHU: t(2400, 'HU', `${OWN}: cortical bone stays below 2000 HU`),
    metalMinMm3: t(15, 'mm3', OWN),
    cementHU: t(
      1150,
      'HU',
      `${OWN}: calcification and cortex stay below 1000 HU, bone cement with barium or zirconium above`,
    ),
    cementMinMm3: t(100, 'mm3', `${OWN}: 6 mm across; dense rims of bone are thinner`),
    vacuumHU: t(-200, 'HU', 'gas with partial volume'),
    vacuumMinMm3: t(3, 'mm3', OWN),
    vacuumGuardFwhms: t(0.65, 'FWHM', 'as guardFwhms'),
    bandLowHU: t(130, 'HU', AGATSTON),
    bandMiddleHU: t(160, 'HU', OWN),
    bandHighHU: t(200, 'HU', OWN),
    stabilityHU: t(30, 'HU', 'issue rule'),
    agatstonSliceMm: t(3, 'mm', AGATSTON),
    nominalLesionHU: t(500, 'HU', `${OWN}: for the smallest lesion that could be shown`),
    densestLesionHU: t(1000, 'HU', `${OWN}: what blur took from a small lesion is given back up to this density`),
    coreErosionMm: t(1.5, 'mm', OWN),
    minCoreVoxels: t(40, 'voxels', `${OWN}: for a stable median`),
    nucleusRadius: t(0.6, 'of the half axes', 'nucleus takes 30 to 50 % of the cross-section'),
    endplateAdjacentMm: t(2, 'mm', OWN),
    inPlaneFwhmSoftMm: t(1.2, 'mm', 'soft body kernels, 10 % MTF near 7 lp/cm'),
    inPlaneFwhmSharpMm: t(0.8, 'mm', 'bone kernels, 10 % MTF near 12 lp/cm'),
  },
  modic: {
    bandFromMm: t(1, 'mm', 'cortical endplate and partial volume left out'),
    bandToMm: t(10, 'mm', 'issue rule; changes rarely reach further'),
    referenceDistanceMm: t(6, 'mm', 'issue rule'),
    type1T1Max: t(0.85, 'ratio', MODIC),
    type1T2Min: t(1.15, 'ratio', MODIC),
    type2T1Min: t(1.15, 'ratio', MODIC),
    type2T2Min: t(0.95, 'ratio', MODIC),
    type3T1Max: t(0.8, 'ratio', MODIC),
    type3T2Max: t(0.85, 'ratio', MODIC),
    minZ: t(2, 'sigma', GAUSS),
    minAreaMm2: t(20, 'mm2', 'issue rule'),
    minContactMm: t(5, 'mm', 'issue rule'),
    contactDistanceMm: t(3, 'mm', 'first voxel row under the band start'),
    minSlices: t(2, 'slices', 'issue rule; off where the series has one slice'),
    mixedFraction: t(0.25, '1', 'issue rule'),
    stability: t(0.1, 'of the reference', 'issue rule'),
    maxMisalignmentMm: t(2, 'mm', 'issue rule'),
    minCovered: t(0.75, '1', `${OWN}: share of the band that both series must show`),
    minReferenceVoxels: t(25, 'voxels', `${OWN}: for a stable median`),
    maxReferenceSpread: t(0.35, 'sigma / median', `${OWN}: the reference is not one tissue above it`),
    edgeMarginMm: t(3.5, 'mm', `${OWN}: anterior and posterior cortex left out`),
  },
  focal: {
    minAreaMm2: t(40, 'mm2', `${OWN}: 7 mm across`),
    minAspect: t(0.55, '1', `${OWN}: Modic change is longer than deep`),
    minFill: t(0.6, '1', 'an ellipse fills 0.79 of its box'),
    maxNeck: t(0.97, '1', `${OWN}: Modic change is widest at the endplate`),
  },
  modicPresence: {
    intercept: t(-4.454, 'log odds', PRESENCE),
    t1High: t(0.4831, 'log odds per ratio', PRESENCE),
    t2High: t(1.966, 'log odds per ratio', PRESENCE),
    fatArea: t(0.03439, 'log odds per ln mm2', PRESENCE),
    discT2: t(-1.155, 'log odds per ratio', PRESENCE),
    discHeight: t(-1.641, 'log odds per ratio', PRESENCE),
    ordinal: t(-0.2067, 'log odds per disc', PRESENCE),
    t2Level: t(2.412, 'log odds per ratio', PRESENCE),
    t1Spread: t(3.886, 'log odds per ratio', PRESENCE),
    marrowContrast: t(1.373, 'log odds per ln ratio', PRESENCE),
    slip: t(0.02489, 'log odds per %', PRESENCE),
    support: t(-1.502, 'log odds', PRESENCE),
    spineDiscT2: t(-0.7444, 'log odds per ratio', PRESENCE),
    cut: t(-0.4621, 'log odds', PRESENCE),
  },
  degeneration: {
    nucleusFraction: t(0.5, 'of depth', OWN),
    csfPercentile: t(0.8, 'quantile', 'roots and cord darken the rest of the canal'),
    minCsfVoxels: t(30, 'voxels', OWN),
    pfirrmann1: t(0.47, 'disc / CSF', GRADES),
    pfirrmann2: t(0.304, 'disc / CSF', GRADES),
    pfirrmann3: t(0.192, 'disc / CSF', GRADES),
    collapsedIndex: t(0.17, 'disc / body height', 'grade 5 is a collapsed disc space'),
    minSlipMm: t(0, 'mm', 'reported as measured'),
    defectDepthMm: t(
      2,
      'mm',
      `${OWN}: 704 smooth endplates of drawn spines other than those of the validation read 1.5 mm at most`,
    ),
    defectReachMm: t(9, 'mm', `${OWN}: deeper ones are said to be as deep as this`),
    defectContrastHU: t(
      40,
      'HU',
      `${OWN}: marrow over disc; less in osteopenia, where the endplate can not be followed`,
    ),
    defectMinSupport: t(0.3, '1', `${OWN}: mean probability of the vertebra along the centreline`),
    defectMiddleArea: t(0.75, 'of the largest slice', `${OWN}: at the sides the endplate turns into pedicle and rim`),
    defectRimMm: t(1, 'mm', `${OWN}: a voxel of CT`),
    defectMaxShare: t(0.6, 'of the endplate', `${OWN}: longer ones are concave or broken endplates, not dents`),
    cobbMinWidthMm: t(
      18,
      'mm',
      `${OWN}: from the first to the last slice of a body; a voxel then turns it by 3 degrees`,
    ),
    cobbStiffness: t(
      0.1,
      '1',
      `${OWN}: halves the excess of the largest angle on drawn spines other than those of the validation`,
    ),
    cobbMinVertebrae: t(4, 'whole vertebrae', OWN),
  },
} as const satisfies Record<string, Record<string, Threshold>>;

type Values<T extends Record<string, Record<string, Threshold>>> = {
  readonly [G in keyof T]: { readonly [N in keyof T[G]]: number };
};

/** The values of {@link THRESHOLD_TABLE}, for example `THRESHOLDS.ct.seedHU`. */
export const THRESHOLDS: Values<typeof THRESHOLD_TABLE> = Object.fromEntries(
  Object.entries(THRESHOLD_TABLE).map(([group, entries]) => [
    group,
    Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, entry.value])),
  ]),
) as Values<typeof THRESHOLD_TABLE>;
