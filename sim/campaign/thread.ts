/** What a campaign's thread does: makes blocks of cases, and small plans of those that failed. */
import type { Plan } from '../plan/index.js';
import { type LibsslPool, openLine, type Profile } from '../stacks/index.js';
import { type JudgeOptions, judgePlan } from '../verdict/index.js';
import { type FailedCase, runBlock } from './block.js';
import { judgeCase } from './case.js';
import { type Finding, findingOf } from './finding.js';
import type { CampaignTask, CampaignThread, CampaignWord } from './jobs/words.js';
import { type Case, drawOf, lineOf } from './settings.js';
import { smallPlan, UnsteadyPlan } from './small.js';
import type { PlanSource } from './source.js';

type Say = (word: CampaignWord) => void;

export class ThreadWork {
  readonly #thread: CampaignThread;
  readonly #sources: ReadonlyMap<string, PlanSource>;
  /** Agents of real OpenSSL, of the profiles that were wanted. */
  readonly #pools = new Map<Profile, LibsslPool>();
  /** Groups that this thread has told of. */
  readonly #told = new Set<string>();

  constructor(thread: CampaignThread, sources: ReadonlyMap<string, PlanSource>) {
    this.#thread = thread;
    this.#sources = sources;
  }

  act(task: CampaignTask, say: Say): void {
    if (task.do === 'shrink') {
      say({ say: 'finding', finding: this.#shrunk(task.case, say), small: true });
      return;
    }
    const options = {
      sources: this.#sources,
      on: (profile: Profile) => this.#on(profile, say),
      onFailure: (failed: FailedCase & { readonly plan: Plan }) => this.#keep(failed, say),
    };
    say({ say: 'report', report: runBlock(this.#thread.settings, task.block, options, task.lane) });
  }

  end(): void {
    for (const pool of this.#pools.values()) pool.close();
  }

  /** What was found is told before anything else is done: it is not to be lost. */
  #keep({ case: one, failure, plan }: FailedCase & { readonly plan: Plan }, say: Say): void {
    if (this.#told.has(failure.group)) return;
    this.#told.add(failure.group);
    const { settings, version } = this.#thread;
    const options = { found: lineOf(settings, one), shrunk: '', version, on: this.#on(one.profile, say) };
    say({ say: 'finding', finding: findingOf(plan, failure, options), small: false });
  }

  #shrunk(one: Case, say: Say): Finding {
    const { settings, version } = this.#thread;
    const source = this.#sources.get(one.source);
    if (source === undefined) throw new Error(`no source is called ${one.source}`);
    const on = this.#on(one.profile, say);
    const { plan, failure } = judgeCase(source, drawOf(settings, one), on);
    if (failure === undefined) throw new UnsteadyPlan(`case ${one.number} failed once, and then it did not`);
    if (failure.invariant === 'exception' && judgePlan(plan, on).failure === undefined) {
      const shrunk = 'not made smaller: what fails is the drawing of the plan, which by itself runs';
      return findingOf(plan, failure, { found: lineOf(settings, one), shrunk, version, on });
    }
    const small = smallPlan(plan, failure, on, () => say({ say: 'alive' }));
    return findingOf(small.plan, small.failure, { found: lineOf(settings, one), shrunk: small.told, version, on });
  }

  #on(profile: Profile, say: Say): JudgeOptions {
    const { settings, line } = this.#thread;
    if (settings.stack === 'model') return { crypto: settings.crypto };
    const known = this.#pools.get(profile);
    if (known !== undefined) return { libssl: known };
    const { pool, notice } = openLine(profile, line);
    if (notice !== undefined) say({ say: 'notice', notice });
    this.#pools.set(profile, pool);
    return { libssl: pool };
  }
}
