/** A job's thread: takes one piece of work after the other, with an OpenSSL process of its own for each line. */
import { serveTasks, threadSettings } from '../../threads/index.js';
import { SideBySide } from '../side-by-side.js';
import { libsslSource, modelSource } from '../stacks.js';
import { runTask, type Task } from '../tasks.js';
import type { JobSettings, JobWord } from './words.js';

const { line, defects } = threadSettings<JobSettings>();
const notices: string[] = [];
const libssl = libsslSource(line, (notice) => notices.push(notice));
const both = new SideBySide({ model: modelSource(defects), libssl });

serveTasks<Task, JobWord>({
  act: (task, say) => {
    for (const report of runTask(task, both)) {
      for (const notice of notices.splice(0)) say({ say: 'notice', notice });
      say({ say: 'report', report });
    }
  },
  end: () => {
    both.close();
    libssl.close();
  },
});
