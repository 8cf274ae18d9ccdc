/** Answers of real OpenSSL that were written down, so that a plan can be compared where there is none. */
import type { Plan } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { Fingerprint } from '../trace/index.js';
import type { Account } from './account.js';

export const recordedFormat = 'simtls-worlds/1';

export interface RecordedWorlds {
  readonly format: typeof recordedFormat;
  readonly scenario: string;
  readonly answers: readonly RecordedWorld[];
}

export interface RecordedWorld {
  readonly profile: Profile;
  readonly seed: string;
  /** Of the plan that was run (`planDigest`). */
  readonly plan: string;
  /** Of real OpenSSL, whose objects nobody looks into. */
  readonly account: Omit<Account, 'unseen'>;
}

/** The account of a plan among those recorded; undefined where it is not there, or another plan was recorded under its seed. */
export function recordedAccount(recorded: RecordedWorlds, plan: Plan): Account | undefined {
  const digest = planDigest(plan);
  const { profile, seed } = plan;
  const found = recorded.answers.find((one) => one.profile === profile && one.seed === seed && one.plan === digest);
  return found && { ...found.account, unseen: [] };
}

const pieceLength = 64;

/** 16 hex digits that tell plans apart. */
export function planDigest(plan: Plan): string {
  const text = JSON.stringify(plan);
  const hash = new Fingerprint();
  for (let at = 0; at < text.length; at += pieceLength) hash.addText(text.slice(at, at + pieceLength));
  return hash.digest();
}
