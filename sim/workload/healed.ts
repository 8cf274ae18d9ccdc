/** Once all faults are over: connections work again, and sessions resume where the configuration lets them. */
import type { Check } from '../plan/index.js';
import { gave, type Hand, type StepDraft, type Steps } from './move.js';
import type { Setup } from './setup.js';
import { serverPort } from './topology.js';

/** Makes a connection to each server, and a second one with the session of the first. */
export function* healthyAgain(hand: Hand, checks: Check[]): Steps {
  const [ctx] = hand.task.process.contexts;
  if (ctx === undefined) return;
  const expect = (field: 'outcome' | 'ret', is: string | number, because: string): void => {
    const step = hand.lastStep();
    checks.push({ id: `healed-${checks.length + 1}`, step, field, is, because });
  };
  const answers = hand.setup.serverClose === 'answer';
  for (const server of hand.servers) {
    const first = hand.fresh('ssl');
    yield { call: 'SSL_new', let: first, args: [`$${ctx}`] };
    yield* opened(first, server, expect);
    yield { call: 'request', args: [`$${first}`, { answer: 100 }] };
    expect('outcome', 'ok', 'all faults are over: a request is answered');
    const session = hand.fresh('sess');
    const got = yield { call: 'SSL_get1_session', let: session, args: [`$${first}`] };
    yield* ended(first, answers, expect);
    const second = hand.fresh('ssl');
    yield { call: 'SSL_new', let: second, args: [`$${ctx}`] };
    if (gave(got)) yield { call: 'SSL_set_session', args: [`$${second}`, `$${session}`] };
    yield* opened(second, server, expect);
    yield { call: 'SSL_session_reused', args: [`$${second}`] };
    if (mustResume(hand.setup)) expect('ret', 1, 'all faults are over: the session of a moment ago resumes');
    yield* ended(second, answers, expect);
    if (gave(got)) yield { call: 'SSL_SESSION_free', args: [`$${session}`] };
  }
}

type Expect = (field: 'outcome' | 'ret', is: string | number, because: string) => void;

function* opened(name: string, server: string, expect: Expect): Steps {
  yield { call: 'connect', args: [`$${name}`, { to: server, port: serverPort }] };
  expect('outcome', 'ok', 'all faults are over: a stream is opened');
  yield { call: 'handshake', args: [`$${name}`] };
  expect('outcome', 'ok', 'all faults are over: a handshake comes to its end');
}

function* ended(name: string, answers: boolean, expect: Expect): Steps {
  const closed = yield { call: 'close', args: [`$${name}`] };
  if (answers) expect('ret', 1, 'all faults are over: both sides say that they are done');
  if (closed.outcome === 'timeout') yield { call: 'disconnect', args: [`$${name}`] };
  yield freed(name);
}

function freed(name: string): StepDraft {
  return { call: 'SSL_free', args: [`$${name}`] };
}

/** Whether the configuration leaves no reason for a full handshake with a session of a moment ago. */
function mustResume(setup: Setup): boolean {
  if (setup.tls !== '1.2' && setup.numTickets === 0) return false;
  if (setup.timeoutSeconds === 5) return false;
  // Tickets that open once are ids of the cache; so is what a server without tickets gives.
  const once = setup.earlyData > 0 && setup.antiReplay;
  // The first of two ClientHellos has used such a ticket up.
  if (once && setup.helloRetry && setup.tls !== '1.2') return false;
  // One that opens once has to be in the internal cache, from which it is taken.
  if (once && setup.store === 'instead' && setup.tls !== '1.2') return false;
  if (setup.tickets && !once) return true;
  // A server that ends connections without a word takes their sessions out of its cache.
  return setup.serverCacheSize === null && setup.serverClose === 'answer';
}
