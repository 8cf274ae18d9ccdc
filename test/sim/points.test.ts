/** Callbacks that tell what C gives them, and bodies at the points of a transport: on the model, and on the OpenSSL of this node. */
import test, { type ExecutionContext } from 'ava';
import { isObservation, type Line } from '../../sim/program/index.js';
import { type LibsslPool, openModel } from '../../sim/stacks/index.js';
import { lines, openRunning, runningProfile, step } from './_programs.js';

let pool: LibsslPool;
test.before(() => {
  pool = openRunning();
});
test.after.always(() => pool.close());

type Steps = readonly Record<string, unknown>[];

function on(object: string, kind: string, steps: Steps, returns?: unknown): Record<string, unknown> {
  return { ...step(null, 'sim_on', `$${object}`, kind), steps, ...(returns === undefined ? {} : { returns }) };
}

/** Contexts `cc` and `sc`, then `before`, then connections `c` and `s`. */
function joined(version: '1.2' | '1.3', ...before: Steps): Steps {
  return [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'SSL_CTX_set_max_proto_version', '$sc', version === '1.2' ? 'TLS1_2_VERSION' : 'TLS1_3_VERSION'),
    ...before,
    step('c', 'SSL_new', '$cc'),
    step('s', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c', '$s'),
  ];
}

/** The last line of the model, which is that of real OpenSSL too. */
function last(t: ExecutionContext, steps: Steps): Line {
  const stacks = [openModel({ profile: runningProfile }), pool.open()];
  const [model, libssl] = stacks.map((stack) => lines(stack, steps).at(-1)!);
  for (const stack of stacks) stack.end();
  t.deepEqual(told(model!), told(libssl!));
  return model!;
}

/** What bodies were of, and were given. */
function told({ nested = [] }: Line): readonly string[] {
  return nested.map(({ on, ssl, args = [] }) => `${on} of ${ssl} ${args.join(' ')}`.trimEnd());
}

test('an info callback is told how the machine begins, goes on, waits and ends, and of alerts', (t) => {
  const steps = joined('1.3', on('cc', 'info', []));
  const hello = ['info of c 16 1', 'info of c 4097 1', 'info of c 4097 1', 'info of c 4098 -1'];
  t.deepEqual(told(last(t, [...steps, step(null, 'SSL_do_handshake', '$c')])), hello);
  const done = last(t, [...steps, step(null, 'sim_handshake', '$c', '$s')]);
  t.is(told(done).filter((one) => one === 'info of c 32 1').length, 1);
  const closed = [...steps, step(null, 'sim_handshake', '$c', '$s'), step(null, 'SSL_shutdown', '$c')];
  t.deepEqual(told(last(t, closed)), ['info of c 16392 256']);
});

test("a connection's own info callback is told in place of its context's", (t) => {
  const steps = [...joined('1.2', on('cc', 'info', [])), on('c', 'info', [step(null, 'SSL_version', '$@ssl')])];
  const line = last(t, [...steps, step(null, 'SSL_do_handshake', '$c')]);
  t.is(line.nested?.length, 4);
  t.true(line.nested?.every((run) => run.steps.length === 1));
});

for (const [returns, ret, seen] of [
  [1, 'ok', ['verify of c 0 18 0', 'verify of c 1 18 0']],
  [0, 'client failed', ['verify of c 0 18 0']],
  ['preverify_ok', 'client failed', ['verify of c 0 18 0']],
] as const) {
  test(`a verify callback that answers ${returns}: ${ret}`, (t) => {
    const verifies = [step(null, 'SSL_CTX_set_verify', '$cc', 'SSL_VERIFY_PEER'), on('cc', 'verify', [], returns)];
    const line = last(t, [...joined('1.3', ...verifies), step(null, 'sim_handshake', '$c', '$s')]);
    t.like(line, { ret });
    t.deepEqual(told(line), seen);
  });
}

test('bodies run before the transport is read, and before it is written; what is injected is no write', (t) => {
  const steps = [...joined('1.2'), on('c', 'write', []), on('s', 'read', []), on('s', 'write', [])];
  const hello = [...steps, step(null, 'SSL_do_handshake', '$c')];
  t.deepEqual(told(last(t, hello)), ['write of c']);
  // a record is its header, then its body; then the server answers, and waits
  const answer = ['read of s', 'read of s', 'write of s', 'read of s'];
  t.deepEqual(told(last(t, [...hello, step(null, 'SSL_do_handshake', '$s')])), answer);
  t.deepEqual(told(last(t, [...steps, step(null, 'sim_inject', '$c', { hex: '00' })])), []);
});

test('a task that flushes the cache as a ClientHello is read comes before the lookup, as it is answered after it', (t) => {
  const first = [
    ...joined('1.2', step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET')),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step('c2', 'SSL_new', '$cc'),
    step('s2', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c2', '$s2'),
    step(null, 'SSL_set_session', '$c2', '$x'),
  ];
  for (const [point, reused] of [
    ['read', 0],
    ['write', 1],
  ] as const) {
    const flush = on('s2', point, [step(null, 'SSL_CTX_flush_sessions', '$sc', 0)]);
    const line = last(t, [...first, flush, step(null, 'sim_handshake', '$c2', '$s2')]);
    t.true(isObservation(line));
    if (isObservation(line)) t.like(line.handles.get('s2'), { reused }, point);
  }
});

test('transports are of connections, and the connection at work is left alone', (t) => {
  t.like(last(t, [...joined('1.2'), on('sc', 'read', [])]), { misuse: 'wrong-kind', handle: 'sc' });
  const inside = [...joined('1.2'), on('c', 'write', [step(null, 'SSL_read', '$@ssl', 1)])];
  t.like(last(t, [...inside, step(null, 'SSL_do_handshake', '$c')]), { misuse: 'in-call' });
});
