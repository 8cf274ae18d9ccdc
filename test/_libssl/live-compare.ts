/** Damaged records into every state of a handshake, on the model and on real libssl. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ProfileName } from '../../src/index.js';
import { nodeOf } from '../_lines.js';
import { Live, type LiveCase, type LivePlayed, liveFlows } from './live.js';
import { ModelLibrary } from './live-model.js';

export interface LiveAnswers {
  readonly one: LiveCase;
  readonly model: readonly string[];
  readonly libssl: readonly string[];
}

export interface LiveReport {
  readonly cases: number;
  /** Damage that fell on other bytes, since what was on its way had other lengths. */
  otherwise: number;
  /** Answers that hang on libssl's random bytes: asked again, it gave that of the model. */
  readonly varying: number;
  readonly differences: number;
}

const program = fileURLToPath(new URL('./live-on-libssl.js', import.meta.url));
const asksMax = 6;

/** Real libssl, which answers in the order in which it is asked. */
class Asked {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve(played: LivePlayed): void; reject(error: Error): void }[] = [];
  #gone: Error | undefined;

  constructor(where: string) {
    this.#child = spawn(where, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as LivePlayed);
    });
    this.#child.once('close', (code, signal) => {
      this.#gone = new Error(`${where} ended with ${signal ?? code}`);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#gone);
    });
    this.#child.stdin!.on('error', () => {}); // its end says more
  }

  play(one: LiveCase): Promise<LivePlayed> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) return reject(this.#gone);
      this.#waiting.push({ resolve, reject });
      this.#child.stdin!.write(`${JSON.stringify(one)}\n`);
    });
  }

  end(): void {
    this.#child.stdin!.end();
  }
}

/** What both answer to each case. @returns undefined where the line is not installed (`npm run openssl`) */
export async function answersLive(
  profile: ProfileName,
  cases: readonly LiveCase[],
): Promise<LiveAnswers[] | undefined> {
  const node = nodeOf(profile);
  if (node === undefined) return undefined;
  const model = new Live(new ModelLibrary(profile));
  const libssl = new Asked(node);
  try {
    const asked = await Promise.all(cases.map((one) => libssl.play(one)));
    return cases.map((one, i) => ({ one, model: model.play(one).log, libssl: asked[i]!.log }));
  } finally {
    libssl.end();
  }
}

/**
 * @param damage - `first`: its first number; `count`: how much into each state; `only`: into one state
 * @returns undefined where the line is not installed (`npm run openssl`)
 */
export async function compareLive(
  profile: ProfileName,
  damage: { readonly first: number; readonly count: number; readonly only?: Omit<LiveCase, 'number'> },
  onDifference: (difference: LiveAnswers) => void,
): Promise<LiveReport | undefined> {
  const node = nodeOf(profile);
  if (node === undefined) return undefined;
  const model = new Live(new ModelLibrary(profile));
  const libssl = new Asked(node);
  const report = { cases: 0, otherwise: 0, varying: 0, differences: 0 };

  /** @returns false where the handshake has no such state */
  async function state(of: Omit<LiveCase, 'number'>): Promise<boolean> {
    const all = Array.from({ length: damage.count }, (_, i) => ({ ...of, number: damage.first + i }));
    const asked = all.map((one) => libssl.play(one));
    for (const [i, one] of all.entries()) {
      const ours = model.play(one);
      const theirs = await asked[i]!;
      if (ours.underway === null && theirs.underway === null) {
        await Promise.all(asked);
        return false;
      }
      report.cases += 1;
      if (String(ours.underway) !== String(theirs.underway)) report.otherwise += 1;
      else if (String(ours.log) !== String(theirs.log)) await differs(one, ours.log, theirs.log);
    }
    return true;
  }

  async function differs(one: LiveCase, ours: readonly string[], theirs: readonly string[]): Promise<void> {
    for (let again = 1; again < asksMax; again += 1) {
      if (String((await libssl.play(one)).log) !== String(ours)) continue;
      report.varying += 1;
      return;
    }
    report.differences += 1;
    onDifference({ one, model: ours, libssl: theirs });
  }

  try {
    if (damage.only !== undefined) await state(damage.only);
    else {
      for (const flow of liveFlows) {
        for (const role of ['client', 'server'] as const) {
          for (let passed = 0; await state({ flow, role, passed }); passed += 1);
        }
      }
    }
  } finally {
    libssl.end();
  }
  return report;
}
