/** Pieces of work on several threads at once: each compares programs with an OpenSSL process of its own. */
import { Worker } from 'node:worker_threads';
import type { DefectName } from 'simtls';
import { type LineOptions, StackMissing } from '../../stacks/index.js';
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
  const open = tasks[Symbol.iterator]();
  const notices = new Set<string>();
  const onNotice = (notice: string): void => {
    if (!notices.has(notice)) options.onNotice(notice);
    notices.add(notice);
  };
  const workers: Worker[] = [];
  try {
    await Promise.all(
      Array.from({ length: Math.max(1, options.jobs) }, () => {
        const worker = start(options);
        workers.push(worker);
        return work(worker, open, { ...options, onNotice });
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function start({ libssl, anyPatch, defects = [] }: JobsOptions): Worker {
  const settings: JobSettings = { line: { libssl, anyPatch }, defects };
  return new Worker(new URL('./worker.js', import.meta.url), { workerData: settings });
}

/** Hands a thread one task after the other, until there is none left or it is enough. */
function work(worker: Worker, tasks: Iterator<Task>, options: JobsOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const task = options.stopped() ? undefined : tasks.next();
      worker.postMessage(task === undefined || task.done === true ? 'end' : task.value);
    };
    worker.on('message', (word: JobWord) => {
      switch (word.say) {
        case 'report':
          options.onReport(word.report);
          if (options.stopped()) resolve();
          return;
        case 'notice':
          options.onNotice(word.notice);
          return;
        case 'done':
          next();
          return;
        case 'missing':
          reject(new StackMissing(word.message));
      }
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    next();
  });
}
