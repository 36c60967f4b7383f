export * from './errors';
export { THRESHOLDS, THRESHOLDS_VERSION, THRESHOLD_TABLE, type Threshold } from './thresholds';
export {
  type KernelDependencies,
  type KernelEvent,
  type KernelResult,
  type KernelStage,
  type StudyInput,
} from './study-input';
export { type LabelInstance, type LabelLesion, type LabelMap } from './label-map';
export { SPINE_CLASSES, type SpineClass } from './segment/spine-class';
export { type SagittalGrid } from './segment/probability-stack';
export { type SlicePlace, type SpineSegmenter } from './segment/segmenter.port';
export { parseModelBundle, type ModelBundle, type ModelInput } from './segment/model-bundle';
export { openSegmenter } from './segment/open-segmenter';
export { openThreadedSegmenter } from './task/open-threaded-segmenter';
export { createKernelTasks, KERNEL_TASKS, type KernelTasks, type KernelTaskSetup } from './task/kernel-tasks';
export { type StartTasks, type TaskRunner } from './task/task-runner.port';
export { createOnnxSegmenter, type OnnxSegmenterOptions } from './segment/onnx/onnx-segmenter';
export { type DiscEvidence } from './mr/disc-evidence';
export { PRESENCE_MEASURES, type PresenceModel } from './mr/modic-presence';
export { analyseStudy } from './analyse';
export { readNiftiLabels, type LabelVolume, type NiftiLimits } from './evaluate/nifti';
export {
  evaluateCase,
  type CaseEvaluation,
  type EvaluatedStructure,
  type InstanceScore,
} from './evaluate/evaluate-case';
export {
  summariseEvaluation,
  type CaseLine,
  type EvaluationSummary,
  type LevelScore,
  type NamedEvaluation,
  type StructureMean,
} from './evaluate/summarise-evaluation';
export { binaryAgreement, quadraticKappa, type BinaryAgreement } from './evaluate/agreement';
export {
  gradeDiscs,
  parseGradings,
  summariseGradings,
  type DiscGrading,
  type GradeAgreement,
  type GradedDisc,
  type GradingSummary,
  type ModicAgreement,
} from './evaluate/gradings';
