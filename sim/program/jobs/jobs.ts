/** Pieces of work on several threads at once: each compares programs with an OpenSSL process of its own. */
import type { DefectName } from 'simtls';
import { type LineOptions, StackMissing } from '../../stacks/index.js';
import { onThreads, ThreadError } from '../../threads/index.js';
import type { Task, TaskReport } from '../tasks.js';
import type { JobSettings, JobWord } from './words.js';

export interface JobsOptions extends LineOptions {
  /** Threads; as many OpenSSL processes work beside them. */
  readonly jobs: number;
  /** Of the model. */
  readonly defects?: readonly DefectName[];
  readonly onReport: (report: TaskReport) => void;
  /** Told of each profile that is answered by another release than the expected one. */
  readonly onNotice: (notice: string) => void;
  /** Asked after each report: true ends the work. */
  readonly stopped: () => boolean;
}

/**
 * Does the work, in whatever order the threads come to it.
 * @throws StackMissing where a line of OpenSSL is not there
 */
export async function runTasks(tasks: Iterable<Task>, options: JobsOptions): Promise<void> {
  const { jobs, libssl, anyPatch, defects = [], stopped } = options;
  const open = tasks[Symbol.iterator]();
  const settings: JobSettings = { line: { libssl, anyPatch }, defects };
  const notices = new Set<string>();
  try {
    await onThreads<Task, JobWord>({
      script: new URL('./worker.js', import.meta.url),
      settings,
      threads: jobs,
      next: () => (stopped() ? undefined : taken(open.next())),
      onWord: (word) => {
        if (word.say === 'report') options.onReport(word.report);
        else if (!notices.has(word.notice)) {
          notices.add(word.notice);
          options.onNotice(word.notice);
        }
      },
      stopped,
    });
  } catch (cause) {
    if (cause instanceof ThreadError && cause.failure.name === 'StackMissing') throw new StackMissing(cause.message);
    throw cause;
  }
}

function taken({ done, value }: IteratorResult<Task, unknown>): Task | undefined {
  return done === true ? undefined : (value as Task); // not done: a task
}
