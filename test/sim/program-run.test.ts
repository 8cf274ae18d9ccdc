/** Programs on real OpenSSL: observations, transports, callbacks, misuse, crashes, and agents used again. */
import { existsSync } from 'node:fs';
import test from 'ava';
import { isObservation, libsslSource, parseProgram, runProgram, writeLine } from '../../sim/program/index.js';
import {
  type ArgumentValue,
  LibsslPool,
  openModel,
  type Profile,
  profiles,
  type ReturnValue,
  reportClock,
  type Stack,
  StackCrash,
  StackUnable,
} from '../../sim/stacks/index.js';
import { defaultNowMs, MemoryTransport, realCrypto } from '../../src/index.js';
import { line } from '../_lines.js';
import {
  connected,
  last,
  lines,
  misuse,
  misuses,
  openRunning,
  pair,
  program,
  runningProfile,
  step,
} from './_programs.js';

const pool = openRunning();
test.after.always(() => pool.close());

test('the example of the format yields its line byte for byte', (t) => {
  const [, , , , connection, server, joined] = pair();
  const steps = [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'SSL_CTX_set_session_cache_mode', '$cc', 'SSL_SESS_CACHE_CLIENT'),
    step(null, 'sim_on_remove', '$cc'),
    connection,
    server,
    joined,
    step(null, 'sim_handshake', '$c', '$s'),
    step('sess', 'SSL_get1_session', '$c'),
    step(null, 'SSL_set_session', '$c', null),
    step(null, 'SSL_SESSION_free', '$sess'),
  ];
  const written = lines(pool.open(), steps).map(writeLine);
  t.is(written.length, 12);
  t.is(
    written[10],
    '{"step":10,"call":"SSL_set_session","ret":1,"errors":[],"events":[{"remove":"sess","ctx":"cc"}],"handles":{"cc":{"kind":"ctx","refs":3,"number":1,"stats":{"connect":1,"connect_good":1,"connect_renegotiate":0,"accept":0,"accept_good":0,"accept_renegotiate":0,"hits":0,"cb_hits":0,"misses":0,"timeouts":0,"cache_full":0}},"sc":{"kind":"ctx","refs":3,"number":0,"stats":{"connect":0,"connect_good":0,"connect_renegotiate":0,"accept":1,"accept_good":1,"accept_renegotiate":0,"hits":0,"cb_hits":0,"misses":0,"timeouts":0,"cache_full":0}},"c":{"kind":"ssl","refs":1,"session":null,"reused":0,"shutdown":0,"state":"ok","version":"TLSv1.3"},"s":{"kind":"ssl","refs":1,"session":"#2","reused":0,"shutdown":0,"state":"ok","version":"TLSv1.3"},"sess":{"kind":"session","refs":1,"resumable":0,"ticket":1},"#2":{"kind":"session","refs":1,"resumable":1,"ticket":0}}}',
  );
  t.regex(written[11] ?? '', /"ret":null,"errors":\[\],"events":\[\{"freed":"sess"\}\]/);
});

test('an object answers to all its names and is shown under the first', (t) => {
  const steps = [
    ...pair(),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step('y', 'SSL_get1_session', '$c'),
    step('d', 'SSL_dup', '$c'),
    step(null, 'SSL_SESSION_up_ref', '$#1'),
    step(null, 'SSL_get_session', '$d'),
  ];
  const seen = lines(pool.open(), steps);
  t.deepEqual(
    seen.slice(8).map((line) => (isObservation(line) ? line.ret : line)),
    ['x', 'x', 'c', 1, 'x'],
  );
  const { handles } = last(pool.open(), steps);
  t.deepEqual([...handles.keys()], ['cc', 'sc', 'c', 's', 'x', '#2']);
  t.is(handles.get('x')?.refs, 4);
});

test('NULL goes where C takes it; anywhere else the step is not made and the program goes on', (t) => {
  const steps = [
    step('c', 'SSL_new', null),
    step('x', 'SSL_get1_session', '$c'),
    step(null, 'SSL_SESSION_free', '$x'),
    step(null, 'SSL_SESSION_get_time', '$x'),
    step(null, 'SSL_SESSION_is_resumable', '$x'),
    step('der', 'i2d_SSL_SESSION', null),
    step('z', 'd2i_SSL_SESSION', '$der'),
  ];
  const seen = lines(pool.open(), steps).map((line) => (isObservation(line) ? [line.ret, line.errors] : line));
  t.deepEqual(seen, [
    [null, ['null handle']],
    [null, ['null handle']],
    [null, []],
    [0, []],
    [null, ['null handle']],
    ['', []],
    [null, []],
  ]);
});

test('times are relative to now from a thousand million on, and integers past 2^53 keep their digits', (t) => {
  const steps = [
    step('x', 'SSL_SESSION_new'),
    step(null, 'SSL_SESSION_set_time', '$x', { now: -100 }),
    step(null, 'SSL_SESSION_get_time', '$x'),
    step(null, 'SSL_SESSION_set_time', '$x', 1234),
    step(null, 'SSL_SESSION_get_time', '$x'),
    step('cc', 'SSL_CTX_new', 'TLS_method'),
    step(null, 'SSL_CTX_sess_set_cache_size', '$cc', 'LONG_MAX'),
    step(null, 'SSL_CTX_sess_get_cache_size', '$cc'),
  ];
  const written = lines(pool.open(), steps).map(writeLine);
  t.regex(written[2] ?? '', /"ret":\{"now":-10[0-2]\},/);
  t.regex(written[4] ?? '', /"ret":1234,/);
  t.regex(written[7] ?? '', /"ret":9223372036854775807,/);
});

test('a connection that was never joined writes into the void and waits', (t) => {
  const { ret, errors } = last(pool.open(), [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('c', 'SSL_new', '$cc'),
    step(null, 'SSL_set_connect_state', '$c'),
    step(null, 'SSL_do_handshake', '$c'),
  ]);
  t.is(ret, -1);
  t.deepEqual(errors, ['SSL_ERROR_WANT_READ']);
});

const talking = [...pair(), step(null, 'sim_handshake', '$c', '$s'), step(null, 'SSL_write', '$s', { text: 'hello' })];

test('after a cut, what was under way is read before the end; the cut side reads the end at once and writes nothing', (t) => {
  const answers = lines(pool.open(), [
    ...talking,
    step(null, 'sim_cut', '$s'),
    step(null, 'SSL_read', '$c', 100),
    step(null, 'SSL_write', '$c', { text: 'lost' }),
    step(null, 'SSL_write', '$s', { text: 'never' }),
    step(null, 'SSL_read', '$c', 100),
  ]).slice(-4);
  t.deepEqual(
    answers.map((line) => (isObservation(line) ? [line.ret, line.errors] : line)),
    [
      [[5, '68656c6c6f'], []],
      [4, []],
      [-1, ['SSL_ERROR_SYSCALL']],
      [[0, ''], runningProfile === '1.1.1' ? ['SSL_ERROR_SYSCALL'] : ['unexpected eof while reading', 'SSL_ERROR_SSL']],
    ],
  );
});

test('a corrupted record fails at its reader, whether it was under way or came later', (t) => {
  for (const steps of [
    [...talking, step(null, 'sim_corrupt', '$c')],
    [
      ...talking,
      step(null, 'SSL_read', '$c', 100),
      step(null, 'sim_corrupt', '$c'),
      step(null, 'SSL_write', '$s', { text: 'x' }),
    ],
  ]) {
    const { ret, errors } = last(pool.open(), [...steps, step(null, 'SSL_read', '$c', 100)]);
    t.deepEqual(ret, [-1, '']);
    t.is(errors[0], 'decryption failed or bad record mac');
    t.is(errors.at(-1), 'SSL_ERROR_SSL');
  }
});

test('the transport outlives one side: the other reads what was under way, then waits', (t) => {
  const answers = lines(pool.open(), [
    ...talking,
    step(null, 'SSL_free', '$s'),
    step(null, 'SSL_read', '$c', 100),
    step(null, 'SSL_read', '$c', 100),
  ]).slice(-2);
  t.deepEqual(
    answers.map((line) => (isObservation(line) ? line.errors : line)),
    [[], ['SSL_ERROR_WANT_READ']],
  );
});

test('the get callback hands out what the new callback kept, and not what was given back', (t) => {
  const steps = (back: boolean): readonly unknown[] => [
    ...pair(),
    step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
    step('s2', 'SSL_new', '$sc'),
    step('c2', 'SSL_new', '$cc'),
    step(null, 'SSL_set_options', '$s', 'SSL_OP_NO_TICKET'),
    step(null, 'SSL_CTX_set_session_cache_mode', '$sc', 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_NO_INTERNAL'),
    step(null, 'sim_on_new', '$sc', true),
    step(null, 'sim_on_get', '$sc', 'nocopy'),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step('y', 'SSL_get_session', '$s'),
    step(null, 'sim_close', '$c', '$s'),
    step(null, 'SSL_free', '$s'),
    ...(back ? [step(null, 'SSL_SESSION_free', '$y')] : []),
    step(null, 'SSL_set_session', '$c2', '$x'),
    step(null, 'sim_pair', '$c2', '$s2'),
    step(null, 'sim_handshake', '$c2', '$s2'),
  ];
  const kept = last(pool.open(), steps(false));
  const c2 = kept.handles.get('c2');
  t.is(c2?.kind === 'ssl' && c2.reused, 1);
  t.is(kept.handles.get('y')?.refs, 2, 'the one that was kept, and the one that the connection was given');
  t.true(kept.events.some((event) => 'get' in event && event.get.length === 64 && event.ctx === 'sc'));
  const back = last(pool.open(), steps(true)).handles.get('c2');
  t.is(back?.kind === 'ssl' && back.reused, 0);
});

for (const [title, kind, handle, steps] of misuses) {
  test(`misuse is named by both stacks alike, and not run: ${title}`, (t) => {
    for (const stack of [pool.open(), openModel({ profile: runningProfile })]) {
      const line = misuse(stack, steps);
      t.is(line.misuse, kind);
      t.is(line.handle, handle);
      t.is(line.step, steps.length - 1);
      t.is(
        line.held !== undefined,
        stack.name === 'model' && !['unbound', 'use-after-free'].includes(kind) && title !== 'bytes for a session',
      );
      const head = `{"step":${line.step},"call":"${line.call}","misuse":"${kind}","handle":"${handle}"`;
      t.is(writeLine(line).slice(0, head.length), head);
    }
  });
}

test('the model says who holds what was misused, since which step', (t) => {
  const line = misuse(openModel({ profile: '3.0' }), [
    ...connected,
    step(null, 'SSL_CTX_add_session', '$cc', '$x'),
    step(null, 'SSL_SESSION_set1_id', '$x', { hex: '00' }),
  ]);
  t.deepEqual(line.held, [
    { holder: 'x', step: 8 },
    { holder: 'c', step: 7 },
    { holder: 'the cache of cc', step: 9 },
  ]);
});

test('a use after free names the step that freed', (t) => {
  const line = misuse(pool.open(), [...pair(), step(null, 'SSL_free', '$c'), step(null, 'SSL_clear', '$c')]);
  t.deepEqual(line.freedBy, { step: 7, call: 'SSL_free' });
});

test('a connection that was cleared or joined anew may go on with another session', (t) => {
  for (const again of [step(null, 'SSL_clear', '$c'), step(null, 'sim_pair', '$c', '$s')]) {
    const { ret } = last(pool.open(), [
      ...connected,
      step(null, 'SSL_set_session', '$c', null),
      again,
      step(null, 'SSL_do_handshake', '$c'),
    ]);
    t.is(ret, -1);
  }
});

test('a step that crashes libssl is told as such, and the next program runs', (t) => {
  const stack = pool.open();
  const perform = (
    call: string,
    ...args: readonly (number | null | { object: number } | { word: string })[]
  ): unknown => stack.perform({ call, args, watch: [], owned: [] }).ret;
  for (const word of ['TLS_client_method', 'TLS_server_method']) perform('SSL_CTX_new', { word });
  const [clientCtx, serverCtx, client, server] = [1, 2, 3, 4].map((object) => ({ object }));
  perform('sim_use_certificate', serverCtx!);
  perform('SSL_new', clientCtx!);
  perform('SSL_new', serverCtx!);
  perform('sim_pair', client!, server!);
  perform('SSL_do_handshake', client!);
  perform('SSL_set_session', client!, null);
  const crash = t.throws(() => perform('sim_handshake', client!, server!), { instanceOf: StackCrash });
  t.is(crash.signal, 'SIGSEGV');
  stack.end();
  t.is(last(pool.open(), [...pair(), step(null, 'sim_handshake', '$c', '$s')]).ret, 'ok');
});

test('an agent is used again, and nothing of the earlier program is left', (t) => {
  const steps = [
    ...pair(),
    step(null, 'sim_on_new', '$cc', true),
    step(null, 'SSL_CTX_set_session_cache_mode', '$cc', 'SSL_SESS_CACHE_BOTH'),
    step(null, 'sim_handshake', '$c', '$s'),
    step(null, 'SSL_CTX_up_ref', '$cc'),
    step('d', 'SSL_SESSION_dup', '$#1'),
  ];
  const first = lines(pool.open(), steps).map(writeLine);
  const second = lines(pool.open(), steps).map(writeLine);
  t.deepEqual(second, first);
});

test('a simulated client and a real server, each attached to a transport, resume a session', (t) => {
  const server = pool.open();
  const client = openModel({
    profile: runningProfile,
    environment: {
      nowMs: () => defaultNowMs,
      fillRandom: (_label, target) => target.fill(7),
      crypto: realCrypto(),
      emit: () => {},
      at: () => {},
    },
  });
  const ret = (stack: Stack, call: string, ...args: readonly ArgumentValue[]): ReturnValue =>
    stack.perform({ call, args, watch: [], owned: [] }).ret;
  const made = (value: ReturnValue): { readonly object: number } => {
    if (typeof value !== 'object' || value === null || !('object' in value)) throw new Error('no object');
    return { object: value.object };
  };
  const [cc, sc] = [
    made(ret(client, 'SSL_CTX_new', { word: 'TLS_client_method' })),
    made(ret(server, 'SSL_CTX_new', { word: 'TLS_server_method' })),
  ];
  ret(server, 'sim_use_certificate', sc);
  ret(server, 'SSL_CTX_set_max_proto_version', sc, 0x303);
  ret(client, 'SSL_CTX_set_max_proto_version', cc, 0x303);
  let session: ReturnValue = null;
  for (const reused of [0, 1]) {
    const [c, s] = [made(ret(client, 'SSL_new', cc)), made(ret(server, 'SSL_new', sc))];
    const [near, far] = MemoryTransport.pair();
    client.attach(c.object, near);
    server.attach(s.object, far);
    ret(client, 'SSL_set_connect_state', c);
    ret(server, 'SSL_set_accept_state', s);
    if (session !== null) ret(client, 'SSL_set_session', c, made(session));
    for (let round = 0; round < 4; round++) {
      ret(client, 'SSL_do_handshake', c);
      ret(server, 'SSL_do_handshake', s);
    }
    t.is(ret(client, 'SSL_is_init_finished', c), 1);
    t.is(ret(server, 'SSL_session_reused', s), reused);
    ret(client, 'SSL_write', c, { bytes: Uint8Array.of(1, 2, 3) });
    t.deepEqual(ret(server, 'SSL_read', s, 10), [3, { bytes: Uint8Array.of(1, 2, 3) }]);
    session = ret(client, 'SSL_get1_session', c);
    ret(server, 'SSL_shutdown', s);
    t.deepEqual(ret(client, 'SSL_read', c, 10), [0, { bytes: new Uint8Array() }]);
    t.is(ret(client, 'SSL_shutdown', c), 1);
  }
  server.end();
});

const clocked = program([
  step('x', 'SSL_SESSION_new'),
  step(null, 'sim_clock', 3, 500),
  step(null, 'sim_clock', 3, 499),
  step(null, 'SSL_SESSION_get_time', '$x'),
  step(null, 'sim_clock', 0, 1),
  step(null, 'SSL_SESSION_get_time', '$x'),
  step(null, 'sim_clock', -7),
  step(null, 'SSL_SESSION_get_time', '$x'),
]);

test('sim_clock moves what libssl reads by seconds and milliseconds, forth and back, on each line and on the model', (t) => {
  const there = (profile: Profile): boolean => reportClock().ok && line(profile).ok;
  const source = libsslSource({}, () => {});
  try {
    for (const profile of profiles) {
      const stacks: Stack[] = [openModel({ profile })];
      if (there(profile)) stacks.push(source.open(profile));
      else t.log(`OpenSSL of the line ${profile}, or its clock, is not there (npm run openssl)`);
      for (const stack of stacks) {
        const seen = [...runProgram(parseProgram(clocked, { profile }), stack)];
        t.deepEqual(
          seen.map((line) => (isObservation(line) ? line.ret : line)),
          ['x', 1, 1, { now: -6 }, 1, { now: -7 }, 1, { now: 0 }],
          `${stack.name} ${profile}`,
        );
        stack.end();
      }
    }
  } finally {
    source.close();
  }
});

test('an agent without the clock refuses what would move it, by name, and goes on', (t) => {
  const bare = new LibsslPool({ profile: runningProfile, node: process.execPath, clock: null });
  const stack = bare.open();
  const error = t.throws(() => lines(stack, [step(null, 'sim_clock', 1)]), { instanceOf: StackUnable });
  t.regex(error.reason, /^needs a clock that can be moved: .*simtls doctor --install$/);
  t.is(last(stack, [step('x', 'SSL_SESSION_new')]).ret, 'x');
  stack.end();
  bare.close();
});

test('the clock moves where a library is loaded by its path, too', (t) => {
  const [found] = ['/usr/lib/x86_64-linux-gnu/libssl.so.3', '/usr/lib/aarch64-linux-gnu/libssl.so.3'].filter(
    existsSync,
  );
  if (found === undefined || !reportClock().ok) {
    t.pass('no shared libssl, or no clock, is here');
    return;
  }
  const shared = new LibsslPool({ profile: '3.0', node: process.execPath, libssl: found });
  const stack = shared.open();
  const seen = [...runProgram(parseProgram(clocked), stack)].map((line) => (isObservation(line) ? line.ret : line));
  t.deepEqual([seen[3], seen[5], seen[7]], [{ now: -6 }, { now: -7 }, { now: 0 }]);
  stack.end();
  shared.close();
});
