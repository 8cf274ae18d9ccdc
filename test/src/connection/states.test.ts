import test from 'ava';
import { NeedsOldVersion, profileNames } from '../../../src/index.js';
import { Bench } from '../../_bench.js';
import { type Flow, flows, flows13, type Role } from '../../_flows.js';
import { Middle, message, record, recordsOf } from '../../_middle.js';
import { Recording } from '../../_recording.js';
import { Streams } from '../../_streams.js';
import { times } from '../../_whole.js';

const roles: readonly Role[] = ['client', 'server'];
/** Flows that go through all states but a few. */
const mostStates: readonly Flow[] = ['full with ticket', 'client certificate', 'renewed'];
const mostStates13: readonly Flow[] = ['1.3 client certificate', '1.3 resumed and retried', '1.3 early data'];
const changeCipherSpec = 'change_cipher_spec';
const applicationData = 'application_data';
/** RFC 5246 §7.4, RFC 5077 §3.3, and numbers that nobody has. */
const types: Readonly<Record<string, number>> = {
  hello_request: 0,
  client_hello: 1,
  server_hello: 2,
  new_session_ticket: 4,
  end_of_early_data: 5,
  encrypted_extensions: 8,
  certificate: 11,
  server_key_exchange: 12,
  certificate_request: 13,
  server_hello_done: 14,
  certificate_verify: 15,
  client_key_exchange: 16,
  finished: 20,
  certificate_status: 22,
  key_update: 24,
  nobody: 99,
};

/** What each state reads: RFC 5246 §7.3, with RFC 5077 §3.1. A client passes over HelloRequest while it shakes hands. */
const accepted: Readonly<Record<string, readonly string[]>> = {
  CW_CLNT_HELLO: ['server_hello', 'hello_request'],
  CR_SRVR_HELLO: ['certificate', 'hello_request'],
  'CR_SRVR_HELLO ticket': ['certificate', 'hello_request'],
  'CR_SRVR_HELLO resumed': [changeCipherSpec, 'hello_request'],
  'CR_SRVR_HELLO resumed ticket': ['new_session_ticket', 'hello_request'],
  'CR_SESSION_TICKET resumed ticket': [changeCipherSpec, 'hello_request'],
  'CR_CHANGE resumed ticket': ['finished', 'hello_request'],
  CR_CERT: ['server_key_exchange', 'hello_request'],
  'CR_CERT ticket': ['server_key_exchange', 'hello_request'],
  CR_KEY_EXCH: ['certificate_request', 'server_hello_done', 'hello_request'],
  'CR_KEY_EXCH ticket': ['certificate_request', 'server_hello_done', 'hello_request'],
  CR_CERT_REQ: ['server_hello_done', 'hello_request'],
  CW_FINISHED: [changeCipherSpec, 'hello_request'],
  'CW_FINISHED ticket': ['new_session_ticket', 'hello_request'],
  'CR_SESSION_TICKET ticket': [changeCipherSpec, 'hello_request'],
  CR_CHANGE: ['finished', 'hello_request'],
  'CR_CHANGE ticket': ['finished', 'hello_request'],
  'CR_CHANGE resumed': ['finished', 'hello_request'],
  BEFORE: ['client_hello'],
  SW_SRVR_DONE: ['client_key_exchange'],
  'SW_SRVR_DONE asked': ['certificate'],
  SR_CERT: ['client_key_exchange'],
  SR_KEY_EXCH: [changeCipherSpec],
  'SR_KEY_EXCH certified': ['certificate_verify'],
  SR_CERT_VRFY: [changeCipherSpec],
  SR_CHANGE: ['finished'],
  'SR_CHANGE resumed': ['finished'],
  'SW_FINISHED resumed': [changeCipherSpec],
};
const finishedAccepts: Readonly<Record<Role, readonly string[]>> = {
  client: ['hello_request', applicationData],
  server: ['client_hello', applicationData],
};

test('every state in which a client or a server waits refuses each message it must refuse', (t) => {
  const seen = new Set<string>();
  for (const profile of profileNames) {
    const make = (): Bench => new Bench(profile);
    for (const flow of profile === '3.0' ? flows : mostStates) {
      for (const role of roles) {
        const total = recordsOf(make, flow, role);
        for (let passed = 0; passed <= total; passed += 1) {
          for (const name of [...Object.keys(types), changeCipherSpec, applicationData]) {
            const middle = new Middle(make(), flow, role);
            t.true(middle.pass(passed));
            const { state } = middle;
            const isDone = middle.b.L.SSL_state(middle.victim) === 'ok';
            seen.add(isDone ? `OK ${role}` : state);
            const fits = isDone ? finishedAccepts[role] : accepted[state];
            if (fits === undefined) throw new Error(`a state that nobody listed: ${state}`);
            if (fits.includes(name)) continue;
            const where = `${profile} ${flow}, ${role} in ${state}: ${name}`;
            const type = types[name];
            const body = new Uint8Array(name === 'hello_request' ? 0 : 4);
            if (type !== undefined) middle.give(middle.sealed(22, message(type, body)));
            else if (name === applicationData) middle.give(middle.sealed(23, Uint8Array.of(1)));
            else middle.give(middle.sealed(20, Uint8Array.of(1)));
            const { L } = middle.b;
            const result = isDone ? L.SSL_read(middle.victim, 10)[0] : L.SSL_do_handshake(middle.victim);
            t.is(result, -1, where);
            t.is(L.SSL_get_error(middle.victim, result), 'SSL_ERROR_SSL', where);
            t.is(L.SSL_state(middle.victim), 'error', where);
            t.deepEqual(middle.b.alerts(middle.victim), ['sent fatal 10'], where);
            t.is(L.SSL_do_handshake(middle.victim), -1, where);
          }
        }
      }
    }
  }
  t.deepEqual([...seen].sort(), [...Object.keys(accepted), 'OK client', 'OK server'].sort());
});

test('a message longer than its state allows is refused before its body is read', (t) => {
  const cases: readonly [Flow, Role, number, number, number][] = [
    ['full', 'client', 0, 2, 20_001],
    ['full', 'client', 1, 11, 102_401],
    ['full', 'client', 2, 12, 102_401],
    ['full', 'client', 3, 14, 1],
    ['full with ticket', 'client', 4, 4, 65_542],
    ['full', 'client', 5, 20, 65],
    ['full', 'server', 0, 1, 131_397],
    ['full', 'server', 1, 16, 2_049],
    ['client certificate', 'server', 1, 11, 102_401],
    ['client certificate', 'server', 3, 15, 16_385],
    ['full', 'server', 3, 20, 65],
  ];
  for (const [flow, role, passed, type, length] of cases) {
    const middle = new Middle(new Bench('3.0'), flow, role);
    t.true(middle.pass(passed));
    middle.give(middle.sealed(22, Uint8Array.of(type, length >> 16, (length >> 8) & 0xff, length & 0xff)));
    t.is(middle.b.L.SSL_do_handshake(middle.victim), -1);
    t.deepEqual(middle.b.L.takeErrors(), ['excessive message size'], `${role} ${type}`);
    t.deepEqual(middle.b.alerts(middle.victim), ['sent fatal 47']);
  }
});

/** Every plain handshake message that the victim reads in a flow, damaged by `damage` at every `stride`th byte of its body. */
function* damagedMessages(
  make: () => Bench,
  flow: Flow,
  role: Role,
  damage: (body: Uint8Array, at: number) => Uint8Array,
  stride: number,
): IterableIterator<Middle> {
  const total = recordsOf(make, flow, role);
  for (let passed = 0; passed < total; passed += 1) {
    for (let at = 0; ; at += stride) {
      const middle = new Middle(make(), flow, role);
      middle.pass(passed);
      if (middle.underway.length === 0) middle.turn();
      const next = middle.underway.shift()!;
      const isPlain = next[0] === 22 && middle.victim.records.readProtection === undefined;
      const body = next.slice(9);
      if (!isPlain || at >= body.length) break;
      middle.give(record(22, message(next[5]!, damage(body, at))));
      yield middle;
    }
  }
}

test('a handshake message cut anywhere is refused with an alert, whoever reads it', (t) => {
  let count = 0;
  for (const role of roles) {
    for (const flow of ['full with ticket', 'client certificate'] as const) {
      const cut = (body: Uint8Array, at: number): Uint8Array => body.subarray(0, at);
      for (const middle of damagedMessages(() => new Bench('3.5'), flow, role, cut, 1)) {
        count += 1;
        const { L } = middle.b;
        const result = L.SSL_do_handshake(middle.victim);
        const error = L.SSL_get_error(middle.victim, result);
        const errors = L.takeErrors();
        if (error === 'SSL_ERROR_WANT_READ') {
          // a ClientHello or ServerHello that ends before its extensions is whole, and so is an empty ticket
          t.true(
            ['SR_CLNT_HELLO', 'SW_SRVR_DONE', 'CR_SRVR_HELLO', 'CR_SESSION_TICKET'].includes(middle.victim.handState),
            middle.state,
          );
          continue;
        }
        t.is(error, 'SSL_ERROR_SSL', middle.state);
        t.true(errors.length > 0);
        t.is(middle.b.alerts(middle.victim).length, 1, `${middle.state} ${errors.join()}`);
      }
    }
  }
  t.true(count > 1_000);
});

for (const [crypto, stride] of [
  ['fast', 1],
  ['real', 11],
] as const) {
  test(`${crypto}: a handshake message with a bit turned anywhere is refused or harmless, and the ends never agree on it`, (t) => {
    let agreed = 0;
    let ended = 0;
    for (const role of roles) {
      const flip = (body: Uint8Array, at: number): Uint8Array =>
        body.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));
      for (const middle of damagedMessages(
        () => new Bench('3.0', { crypto }),
        'client certificate',
        role,
        flip,
        stride,
      )) {
        const { L } = middle.b;
        try {
          for (let round = 0; round < 6; round += 1) {
            middle.turn();
            for (const one of middle.underway.splice(0)) middle.give(one);
          }
        } catch (error) {
          if (error instanceof NeedsOldVersion) continue;
          throw error;
        }
        if (L.SSL_state(middle.victim) === 'ok' && L.SSL_state(middle.peer) === 'ok') agreed += 1;
        else if (L.SSL_state(middle.victim) === 'error' || L.SSL_state(middle.peer) === 'error') ended += 1;
        else t.fail(`both wait: ${middle.state}`);
      }
    }
    t.is(agreed, 0, 'Finished covers every byte');
    t.true(ended > 1_000 / stride, String(ended));
  });
}

test('a recorded peer, as it was and sealed anew, brings every state to the end of its handshake, to data and to a close', (t) => {
  for (const profile of profileNames) {
    for (const flow of [...flows, ...flows13]) {
      for (const role of roles) {
        const recording = new Recording(profile, flow, role);
        for (let passed = 0; passed <= recording.total; passed += 1) {
          const again = recording.sealed(passed, recording.underwayPlain(passed));
          t.deepEqual(Buffer.from(again), Buffer.from(recording.underway(passed)), `${flow}, ${role} ${passed}`);
        }
        const victim = recording.victim(recording.total);
        victim.hear(recording.underway(recording.total));
        t.is(Buffer.from(victim.b.read(victim.ssl).bytes).toString(), 'data');
        t.is(victim.b.read(victim.ssl).error, 'SSL_ERROR_ZERO_RETURN');
      }
    }
  }
});

const mutationsPerState: number = times(100, 300);

for (const role of roles) {
  for (const flow of [...mostStates, ...mostStates13]) {
    test(`${flow}: ${mutationsPerState} damaged streams into each state of a ${role} end in an error or a wait`, (t) => {
      const streams = new Streams([role], [flow]);
      const ends = new Map<string, number>();
      for (const state of streams.states) {
        for (let number = 0; number < mutationsPerState; number += 1) {
          const end = streams.run(state, number);
          ends.set(end, (ends.get(end) ?? 0) + 1);
        }
      }
      t.true((ends.get('error') ?? 0) > mutationsPerState, JSON.stringify([...ends]));
      t.false(ends.has('LibraryCrash'), 'no peer can crash libssl here');
    });
  }
}
