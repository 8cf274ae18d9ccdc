import type { Broken, Invariant } from './violation.js';

export const ledgerKeepsBalance: Invariant = {
  code: 'REF',
  name: 'ledger-keeps-balance',
  judged: 'quiet',
  under: 'any faults',
  on: 'the model',
  owner: 'simtls',
  reason: 'whoever is told who holds a reference, or gave back one too many, has to be told the truth',
  source:
    'the rules of the ledger: a claim comes and goes with each reference, unless it was told that one was given back without',
  where: 'no part of OpenSSL is in it: it counts references, and asks nobody whose they are',
  helps: 'report it: this is a defect of simtls',
};

export interface Balance {
  readonly count: number;
  readonly claims: number;
  /** How often the ledger has told that somebody gave back what he did not hold: each leaves a claim over. */
  readonly told: number;
}

/** Of an object that is still there, or has just been freed. */
export function judgeBalance(
  object: { readonly object: number; readonly name: string },
  { count, claims, told }: Balance,
): Broken | undefined {
  if (claims === count + told) return undefined;
  return {
    invariant: ledgerKeepsBalance,
    object: object.object,
    text: `${object.name} has a count of ${count} and ${claims} claims, although ${told} were told to be too many`,
  };
}
