/** What a job's thread and the thread that started it say to each other. */
import type { DefectName } from 'simtls';
import type { LineOptions } from '../../stacks/index.js';
import type { TaskReport } from '../tasks.js';

/** What a thread is started with. */
export interface JobSettings {
  readonly line: LineOptions;
  /** Of the model. */
  readonly defects: readonly DefectName[];
}

export type JobWord =
  | { readonly say: 'report'; readonly report: TaskReport }
  | { readonly say: 'notice'; readonly notice: string }
  | { readonly say: 'done' }
  /** A stack is not there. */
  | { readonly say: 'missing'; readonly message: string };
