/** A job's thread: takes one piece of work after the other, with an OpenSSL process of its own for each line. */
import { parentPort, workerData } from 'node:worker_threads';
import { StackMissing } from '../../stacks/index.js';
import { SideBySide } from '../side-by-side.js';
import { libsslSource, modelSource } from '../stacks.js';
import { runTask, type Task } from '../tasks.js';
import type { JobSettings, JobWord } from './words.js';

const say = (word: JobWord): void => parentPort?.postMessage(word);
const { line, defects } = workerData as JobSettings; // what jobs.ts starts it with
const libssl = libsslSource(line, (notice) => say({ say: 'notice', notice }));
const both = new SideBySide({ model: modelSource(defects), libssl });

parentPort?.on('message', (task: Task | 'end') => {
  if (task === 'end') {
    both.close();
    libssl.close();
    parentPort?.close();
    return;
  }
  try {
    for (const report of runTask(task, both)) say({ say: 'report', report });
    say({ say: 'done' });
  } catch (error) {
    if (!(error instanceof StackMissing)) throw error;
    say({ say: 'missing', message: error.message });
  }
});
