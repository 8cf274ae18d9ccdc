/** `--html FILE`: a run, or two side by side, as one page for the browser. */
import { createWriteStream, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Plan } from '../plan/index.js';
import {
  type AboutRun,
  type CampaignHead,
  type CollectedRun,
  Gathering,
  type PackedBytes,
  type RunCollector,
  reportFile,
} from '../report/index.js';
import type { RunResult } from '../world/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { Job } from './run-jobs.js';
import { version } from './version.js';

/** Runs that one page shows. */
export const runsOfPageMax = 2;

/** The runs of a page, gathered while they are made. */
export class HtmlFile {
  readonly #path: string;
  readonly #runs: CollectedRun[] = [];
  readonly #decisionCodes = new Set<string>();
  #gathering: Gathering | undefined;

  /** @throws CommandFailure where the file cannot be written: known before anything is run */
  constructor(path: string) {
    if (!existsSync(dirname(path))) {
      throw new CommandFailure(exitCodes.usedWrongly, `cannot write ${path}: there is no folder ${dirname(path)}`);
    }
    this.#path = path;
  }

  /** How many runs it has. */
  get runs(): number {
    return this.#runs.length;
  }

  /** A run begins. */
  begin(how: ConstructorParameters<typeof Gathering>[0]): Gathering {
    this.#gathering = new Gathering(how);
    return this.#gathering;
  }

  /** The run that was begun has ended. */
  add({ scenario, title, replay }: Pick<Job, 'scenario' | 'title' | 'replay'>, plan: Plan, result: RunResult): void {
    const { seed, profile, stack } = result;
    if (this.#gathering === undefined) throw new Error('a run is added that was not begun');
    const { bytes, notes } = this.#gathering.bytesOf(plan, result);
    const about = { title: scenario, about: title, seed, profile, stack, replay, plan, result, notes };
    this.put(this.#gathering.collector, about, bytes);
  }

  put(collector: RunCollector, about: AboutRun, bytes?: PackedBytes): void {
    this.#runs.push(collector.collected(about, bytes));
    for (const code of collector.decisionCodes) this.#decisionCodes.add(code);
  }

  /** @throws CommandFailure where the file cannot be written */
  async close(title: string = this.#title, campaign?: CampaignHead): Promise<void> {
    const more = campaign === undefined ? {} : { campaign };
    const pieces = reportFile({
      title,
      version: version(),
      runs: this.#runs,
      decisionCodes: this.#decisionCodes,
      ...more,
    });
    try {
      await written(this.#path, pieces);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : '';
      throw new CommandFailure(exitCodes.usedWrongly, `cannot write the report to ${this.#path}: ${why}`, { cause });
    }
  }

  get #title(): string {
    const titles = new Set(this.#runs.map(({ head }) => head.title));
    const runs = this.#runs.map(({ head }) => {
      const on = head.stack === 'libssl' ? ' on real OpenSSL' : '';
      return `${titles.size > 1 ? `${head.title}, ` : ''}seed ${head.seed}, ${head.profile}${on}`;
    });
    return titles.size > 1 ? runs.join(' and ') : `${[...titles].join('')}: ${runs.join(' and ')}`;
  }
}

async function written(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const file = createWriteStream(path);
  const done = new Promise<void>((resolve, reject) => file.once('close', resolve).once('error', reject));
  done.catch(() => undefined); // who waits for it below hears of it
  for await (const piece of pieces) {
    if (!file.write(piece))
      await Promise.race([new Promise<void>((drained) => file.once('drain', () => drained())), done]);
  }
  file.end();
  await done;
}
