export * from './anatomy/tissue';
export { type Frame } from './anatomy/frame';
export { type Solid } from './anatomy/solid';
export { type BodyPlan, type DiscPlan, type SpineOptions, type SpinePlan } from './anatomy/spine-plan';
export { drawAnatomy, FIRST_DISC_INSTANCE, type Anatomy, type AnatomyOptions } from './anatomy/anatomy';
export { createRaster, rasterise, type Raster, type RasterPlane } from './anatomy/rasterise';
export { trainingSlices, type TrainingSlice, type TrainingSliceOptions } from './slice/training-slice';
export { packShards, type ShardFile, type ShardIndex } from './slice/shard';
export { type ContrastKind } from './slice/contrast';
