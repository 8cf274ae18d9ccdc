/** What the owner of a context does with it while connections come and go, and the time between. */
import type { Hand, Move } from './move.js';
import { ticketKeyFile } from './topology.js';

const sleep: Move = {
  name: 'sleep',
  onward: true,
  weight: ({ task }) => (task.role === 'client' ? 10 : 40),
  *make({ random }) {
    // Mostly shorter than a handshake, sometimes longer than a session lives.
    const us = random.pick([0, 1_000, 40_000, 300_000, 2_000_000, 6_000_000, 400_000_000, 8_000_000_000]);
    yield { call: 'sleep', args: [{ us }], faulty: true };
  },
};

const flush: Move = {
  name: 'flush the cache',
  weight: () => 2,
  *make(hand) {
    yield { call: 'SSL_CTX_flush_sessions', args: [context(hand), hand.random.pick([0, { now: 0 }, { now: 400 }])] };
  },
};

const resize: Move = {
  name: 'resize the cache',
  weight: (hand) => (mayResize(hand) ? 1 : 0),
  *make(hand) {
    yield { call: 'SSL_CTX_sess_set_cache_size', args: [context(hand), hand.random.pick([1, 2, 3, 5])] };
  },
};

/** What does not lead to a full handshake after all is well again. */
function mayResize({ setup, task }: Hand): boolean {
  return task.role === 'client' ? setup.clientCacheSize !== null : setup.serverCacheSize !== null;
}

const observe: Move = {
  name: 'look at a context',
  weight: () => 1,
  *make(hand) {
    yield { call: 'observe', args: [context(hand)] };
  },
};

const timeout: Move = {
  name: 'change the timeout',
  weight: ({ setup, task }) => (task.role === 'client' || setup.timeoutSeconds !== null ? 1 : 0),
  *make(hand) {
    yield { call: 'SSL_CTX_set_timeout', args: [context(hand), hand.random.pick([5, 300, 7_200])] };
  },
};

const rotate: Move = {
  name: 'rotate ticket keys',
  weight: ({ setup }) => (setup.tickets ? 8 : 0),
  *make(hand) {
    const { random, setup } = hand;
    const rotated =
      setup.ticketKeys === 'file'
        ? { file: ticketKeyFile, rotate: true, keep: random.pick([1, 2, 3]) }
        : random.pick([{ ring: ['new', 'fleet'] }, { ring: ['newer', 'new'] }, { shared: 'fleet' }]);
    yield { call: 'ticket_keys', args: [context(hand), rotated], faulty: true };
  },
};

const early: Move = {
  name: 'change early data',
  weight: ({ setup }) => (setup.earlyData > 0 ? 3 : 0),
  *make(hand) {
    const { random, setup } = hand;
    const max = random.pick([0, 100, setup.earlyData]);
    yield { call: 'early_data', args: [context(hand), { max, antiReplay: setup.antiReplay }] };
  },
};

const tickets: Move = {
  name: 'change the number of tickets',
  weight: ({ setup }) => (setup.numTickets !== null ? 2 : 0),
  *make(hand) {
    yield { call: 'SSL_CTX_set_num_tickets', args: [context(hand), hand.random.pick([1, 2, 5])] };
  },
};

export const clientContextMoves: readonly Move[] = [sleep, flush, resize, observe, timeout];
/** What a server's own task does between connections. */
export const serverMoves: readonly Move[] = [sleep, flush, resize, observe, timeout, rotate, early, tickets];

function context({ task, random }: Hand): string {
  return `$${random.pick(task.process.contexts)}`;
}
