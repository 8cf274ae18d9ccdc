import type { Broken, Invariant } from './violation.js';

export const comesToRest: Invariant = {
  code: 'LIVE',
  name: 'comes-to-rest',
  judged: 'quiet',
  under: 'any faults',
  on: 'both stacks',
  owner: 'simtls',
  reason: 'every wait has a virtual deadline, so that every plan ends',
  source: 'the rules of plans',
  where: 'no part of OpenSSL',
  helps: 'a fault of simtls: report the plan and its seed (simtls shrink makes it small)',
};

export function neverRests(events: number): Broken {
  return { invariant: comesToRest, text: `the world was still busy after ${events} events` };
}

export const expectationHolds: Invariant = {
  code: 'PLAN',
  name: 'expectation',
  judged: 'quiet',
  under: 'own faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'the scenario says that it must hold',
  source: 'the scenario',
  where: "no part of OpenSSL: the scenario's own",
  helps: 'simtls explain FILE tells the run; the decision of each connection says why it was or was not resumed',
};

export function unmet(text: string): Broken {
  return { invariant: expectationHolds, text };
}
