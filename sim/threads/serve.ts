/** The other side of `onThreads`: what a thread does with the tasks that it is handed. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadTask, ThreadWord } from './threads.js';

/** What the thread was started with: the starter knows its type. */
export function threadSettings<T>(): T {
  return workerData as T;
}

interface Serving<Task, Word> {
  /** Does one task, and says what comes of it as it goes. */
  readonly act: (task: Task, say: (word: Word) => void) => void;
  /** There are no more: closes what the tasks have opened. */
  readonly end: () => void;
}

/** Does each task as it comes, one after the other. */
export function serveTasks<Task, Word>({ act, end }: Serving<Task, Word>): void {
  const post = (said: ThreadWord<Word>): void => parentPort?.postMessage(said);
  const say = (word: Word): void => post({ say: 'word', word });
  parentPort?.on('message', (sent: ThreadTask<Task>) => {
    if (sent === 'end') {
      end();
      parentPort?.close();
      return;
    }
    try {
      act(sent.task, say);
      post({ say: 'done' });
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      const { name, message, stack = '' } = error;
      post({ say: 'failed', failure: { name, message, stack } });
    }
  });
}
