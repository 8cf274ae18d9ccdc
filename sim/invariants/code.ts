import type { Broken, Invariant } from './violation.js';

export const codeDoesNotThrow: Invariant = {
  code: 'LIVE',
  name: 'code-does-not-throw',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'what nobody catches ends a process of Node, and everything else that it was doing',
  source:
    'Node.js, Process: "The \'uncaughtException\' event is emitted when an uncaught JavaScript exception bubbles all the way back to the event loop"',
  where: 'no part of OpenSSL: Node ends a process so',
  helps: "catch it where it can be dealt with; an 'error' event of a stream needs a listener",
};

/** @param cause - in words */
export function codeThrew(code: string, host: string, cause: string): Broken {
  return { invariant: codeDoesNotThrow, text: `the code "${code}" on ${host} threw ${cause}` };
}

export const codeComesToAnEnd: Invariant = {
  code: 'LIVE',
  name: 'code-comes-to-an-end',
  judged: 'quiet',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'the world is quiet, so that nothing can come which the code still waits for',
  source: 'the rules of code under test (docs/code-under-test.md)',
  where: 'no part of OpenSSL',
  helps:
    "listen for 'error' and 'close' besides what you hope for, set a timer of the world, or give work outside of the event loop to busy()",
};

export function codeWaits(code: string, host: string): Broken {
  return {
    invariant: codeComesToAnEnd,
    text: `the code "${code}" on ${host} still waits, and the world is quiet: nothing under way, no timer of the world; a timer or a socket of Node itself is none of the world`,
  };
}

export const codeComesToRest: Invariant = {
  code: 'LIVE',
  name: 'code-comes-to-rest',
  judged: 'quiet',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'virtual time goes on only while the code is quiet, and a run ends only when nothing goes on by itself',
  source: 'the rules of code under test (docs/code-under-test.md)',
  where: 'no part of OpenSSL',
  helps:
    'clear intervals before the code is done, or end the process with exit; raise eventsMax or bounds where the code is right',
};

/** @param what - what it went on with, in words */
export function codeNeverRests(what: string): Broken {
  return { invariant: codeComesToRest, text: `the code ${what}` };
}
