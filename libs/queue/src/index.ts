export * from './errors';
export {
  JOB_SCHEMAS,
  type JobData,
  jobIdOf,
  type JobInput,
  parseJob,
  type Priority,
  QUEUE_NAMES,
  type QueueName,
} from './contract/jobs';
export { type QueueEvent, type QueueListener } from './contract/events';
export {
  type ExclusiveLock,
  type JobPublisher,
  type PublishOutcome,
  type SharedUsage,
  type StudyMarks,
  type UsageBounds,
} from './contract/publisher.port';
export { DEFAULT_PREFIX, type QueueConnection } from './bullmq/connection';
export { createQueues, type QueueCounts, Queues, type QueuesOptions } from './bullmq/queues';
export { type LockTimes } from './bullmq/redis-lock';
export { createWorker, type JobContext, type JobHandler, type QueueWorker, type WorkerOptions } from './bullmq/worker';
