/** What a job's thread is started with, and what it says of its work. */
import type { DefectName } from 'simtls';
import type { LineOptions } from '../../stacks/index.js';
import type { TaskReport } from '../tasks.js';

export interface JobSettings {
  readonly line: LineOptions;
  /** Of the model. */
  readonly defects: readonly DefectName[];
}

export type JobWord =
  | { readonly say: 'report'; readonly report: TaskReport }
  | { readonly say: 'notice'; readonly notice: string };
