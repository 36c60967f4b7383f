/**
 * Does parts of the kernel elsewhere at the same time, in threads as a rule: the kernel itself knows none. Tasks are those of
 * {@link KERNEL_TASKS}; what they are given and give back is plain data, and arrays over a SharedArrayBuffer stay shared.
 */
export interface TaskRunner {
  /** How many tasks run at the same time. */
  readonly width: number;
  /**
   * Does one task.
   *
   * @param move - buffers of the input that the caller gives away
   * @throws what the task throws, with its `code` and `retryable`
   */
  run(task: string, input: unknown, move?: readonly ArrayBuffer[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts threads that do the tasks which the function `create`, exported by a compiled `file`, makes from `setup`. */
export type StartTasks = (options: {
  readonly file: string;
  readonly create: string;
  readonly setup: unknown;
  readonly width: number;
}) => Promise<TaskRunner>;
