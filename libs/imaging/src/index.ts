export * from './errors';
export { type FrameHeader, type InstanceHeader, type Rescale } from './series/instance-header';
export { readInstanceHeader } from './series/read-instance-header';
export { expandFrames } from './series/functional-groups';
export { type Series, type SeriesProblem } from './series/series';
export { groupSeries } from './series/group-series';
export { assembleVolume, seriesAffine, type ReadInstance, type VolumeProgress } from './volume/assemble-volume';
export {
  backgroundValue,
  lpsToIjk,
  sampleIjk,
  lpsSampler,
  sampleLps,
  type Volume,
  type VolumeSlice,
} from './volume/volume';
export { isSagittal, sagittalGrid, type SagittalGrid, type SagittalOptions } from './resample/sagittal-grid';
export { resampleSagittal, type SagittalStack } from './resample/resample-sagittal';
