/** Pieces of work on several threads at once, handed out one by one. Whoever hands them out also decides which thread gets which. */
import { Worker } from 'node:worker_threads';

export interface ThreadsOptions<Task, Word> {
  /** What each thread runs: it serves tasks with `serveTasks`. */
  readonly script: URL;
  /** What it is started with. */
  readonly settings: unknown;
  readonly threads: number;
  /** The next piece of work for a thread; undefined: there is none for it now. It is asked again whenever another has done one. */
  readonly next: (thread: number) => Task | undefined;
  /** Told what a thread says of its work. */
  readonly onWord: (word: Word, thread: number) => void;
  /** Asked after each word: true ends the work at once, whatever is under way. */
  readonly stopped?: () => boolean;
}

/** What a thread is sent: a task, or that there are no more. */
export type ThreadTask<Task> = { readonly task: Task } | 'end';

/** What threads say besides: the task is done, or cannot be done by any of them. */
export type ThreadWord<Word> =
  | { readonly say: 'word'; readonly word: Word }
  | { readonly say: 'done' }
  | { readonly say: 'failed'; readonly failure: ThreadFailure };

/** An error of a thread, which a message can carry. */
export interface ThreadFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** A task could not be done. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError';
  /** Of the error in the thread: its name, message and stack. */
  readonly failure: ThreadFailure;

  constructor(failure: ThreadFailure) {
    super(failure.message);
    this.failure = failure;
    this.stack = failure.stack;
  }
}

/**
 * Does all the work, until no thread is busy and there is nothing for any.
 * @throws ThreadError for a task that fails
 */
export async function onThreads<Task, Word>(options: ThreadsOptions<Task, Word>): Promise<void> {
  const { script, settings, next, onWord, stopped = () => false } = options;
  const count = Math.max(1, options.threads);
  const workers = new Map<number, Worker>();
  const idle = new Set<number>(Array.from({ length: count }, (_, thread) => thread));
  try {
    await new Promise<void>((resolve, reject) => {
      const handOut = (): void => {
        for (const thread of [...idle]) {
          const task = next(thread);
          if (task === undefined) continue;
          idle.delete(thread);
          // One that has never anything to do is never started.
          const worker = workers.get(thread) ?? started(thread);
          worker.postMessage({ task } satisfies ThreadTask<Task>);
        }
        if (idle.size === count) resolve();
      };
      const heard = (said: ThreadWord<Word>, thread: number): void => {
        if (said.say === 'failed') throw new ThreadError(said.failure);
        if (said.say === 'word') {
          onWord(said.word, thread);
          if (stopped()) resolve();
        } else {
          idle.add(thread);
          handOut();
        }
      };
      let isBroken = false;
      const started = (thread: number): Worker => {
        const worker = new Worker(script, { workerData: settings });
        workers.set(thread, worker);
        worker.on('error', reject);
        worker.on('message', (said: ThreadWord<Word>) => {
          // What has already been said by then may rest on what could not be heard.
          if (isBroken) return;
          try {
            heard(said, thread);
          } catch (cause) {
            isBroken = true;
            reject(cause);
          }
        });
        return worker;
      };
      handOut();
    });
    if (idle.size === count) await Promise.all([...workers.values()].map(ended)); // each closes what it has opened
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker.terminate()));
  }
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.on('exit', () => resolve());
    worker.postMessage('end' satisfies ThreadTask<unknown>);
  });
}
