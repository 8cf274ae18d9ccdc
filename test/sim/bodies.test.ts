/** Programs whose callbacks have bodies: what is refused, what a step shows of them, and that both stacks show the same. */
import test from 'ava';
import {
  diffProgram,
  isMisuse,
  isObservation,
  type Line,
  ProgramError,
  parseProgram,
} from '../../sim/program/index.js';
import { type LibsslPool, openModel } from '../../sim/stacks/index.js';
import { lines, openRunning, program, runningProfile, step } from './_programs.js';

let pool: LibsslPool;
test.before(() => {
  pool = openRunning();
});
test.after.always(() => pool.close());

type Steps = readonly Record<string, unknown>[];

/** `on('sc', 'remove', [steps], returns)`. */
function on(object: string, kind: string, steps: Steps, returns?: unknown): Record<string, unknown> {
  return { ...step(null, 'sim_on', `$${object}`, kind), steps, ...(returns === undefined ? {} : { returns }) };
}

/** A context `c` whose cache holds the sessions named. */
function cache(...names: readonly string[]): Steps {
  return [
    step('c', 'SSL_CTX_new', 'TLS_method'),
    ...names.flatMap((name, index) => [
      step(name, 'SSL_SESSION_new'),
      step(null, 'SSL_SESSION_set1_id', `$${name}`, { hex: `0${index + 1}`.repeat(8) }),
      step(null, 'SSL_CTX_add_session', '$c', `$${name}`),
    ]),
  ];
}

/** A client and a server of TLS 1.2 as `pair` has them, with more steps before the connections are made. */
function joined(before: Steps): Steps {
  return [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'SSL_CTX_set_max_proto_version', '$cc', 'TLS1_2_VERSION'),
    ...before,
    step('c', 'SSL_new', '$cc'),
    step('s', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c', '$s'),
  ];
}

/** The model's lines, where real OpenSSL shows the same. */
function same(t: { is: (a: unknown, b: unknown, message?: string) => void }, steps: Steps): readonly Line[] {
  const libssl = pool.open();
  try {
    const found = diffProgram(parseProgram(program(steps)), { model: openModel({ profile: runningProfile }), libssl });
    t.is(found, null, JSON.stringify(found));
  } finally {
    libssl.end();
  }
  return lines(openModel({ profile: runningProfile }), steps);
}

function nestedIn(line: Line | undefined) {
  return (line?.nested ?? []).map(({ on: kind, steps, returned }) => ({
    kind,
    steps: steps.map((inner) => (isObservation(inner) ? [inner.call, inner.ret] : inner)),
    returned,
  }));
}

for (const [what, wrong, place] of [
  ['no such callback', { call: 'sim_on', args: ['$c', 'verified'] }, 'steps[1].args[1]'],
  ['no answer', { call: 'sim_on', args: ['$c', 'new'], steps: [] }, 'steps[1].returns'],
  ['an answer of one that has none', { call: 'sim_on', args: ['$c', 'remove'], returns: 1 }, 'steps[1].returns'],
  ['a session that is no name', { call: 'sim_on', args: ['$c', 'get'], returns: 3 }, 'steps[1].returns'],
  [
    'a key of another answer',
    { call: 'sim_on', args: ['$c', 'get'], returns: { session: null, keep: 1 } },
    'steps[1].returns.keep',
  ],
  [
    'short ticket keys',
    { call: 'sim_on', args: ['$c', 'ticket-key'], returns: { seal: 1, open: 1, keys: [{ hex: '00' }] } },
    'steps[1].returns.keys[0]',
  ],
  ['steps that are none', { call: 'sim_on', args: ['$c', 'remove'], steps: {} }, 'steps[1].steps'],
  [
    'a step of a body that is none',
    { call: 'sim_on', args: ['$c', 'remove'], steps: [{ call: 'SSL_get' }] },
    'steps[1].steps[0].call',
  ],
  [
    'what the callback is not given',
    { call: 'sim_on', args: ['$c', 'remove'], steps: [step(null, 'SSL_version', '$@ssl')] },
    'steps[1].steps[0].args[0]',
  ],
  ['what a callback is given, outside of one', step(null, 'SSL_version', '$@ssl'), 'steps[1].args[0]'],
  [
    'a name bound twice',
    { call: 'sim_on', args: ['$c', 'remove'], steps: [step('c', 'SSL_SESSION_new')] },
    'steps[1].steps[0].let',
  ],
] as const) {
  test(`refused with its place: ${what}`, (t) => {
    const refused = t.throws(() => parseProgram(program([step('c', 'SSL_CTX_new', 'TLS_method'), wrong])), {
      instanceOf: ProgramError,
    });
    t.is(refused?.place, place);
  });
}

test('bodies in bodies are taken four deep, and no deeper', (t) => {
  const deep = (depth: number): Record<string, unknown> => on('c', 'remove', depth === 1 ? [] : [deep(depth - 1)]);
  t.notThrows(() => parseProgram(program([deep(4)])));
  t.throws(() => parseProgram(program([deep(5)])), { message: /more than 4 bodies/ });
});

test('a body runs in the middle of the call, and its lines stand in that of the step', (t) => {
  const [line] = same(t, [
    ...cache('a', 'b'),
    on('c', 'remove', [
      { ...on('c', 'remove', [], undefined) },
      step(null, 'SSL_CTX_remove_session', '$@ctx', '$b'),
      step(null, 'SSL_SESSION_is_resumable', '$@session'),
    ]),
    step(null, 'SSL_CTX_remove_session', '$c', '$a'),
  ]).slice(-1);
  t.deepEqual(nestedIn(line), [
    {
      kind: 'remove',
      steps: [
        ['sim_on', 1],
        ['SSL_CTX_remove_session', 1],
        ['SSL_SESSION_is_resumable', 0],
      ],
      returned: null,
    },
  ]);
});

test('callbacks of callbacks have bodies four deep, and answer without them deeper', (t) => {
  const [line] = same(t, [
    ...cache('a'),
    on('c', 'remove', [step(null, 'SSL_CTX_remove_session', '$@ctx', '$@session')]),
    step(null, 'SSL_CTX_remove_session', '$c', '$a'),
  ]).slice(-1);
  let depth = 0;
  for (let at = line; at?.nested !== undefined; at = at.nested[0]?.steps[0]) depth += 1;
  t.is(depth, 4);
});

test('no more than 256 bodies run in one step', (t) => {
  const removal = step(null, 'SSL_CTX_remove_session', '$@ctx', '$@session');
  const [line] = lines(openModel({ profile: runningProfile }), [
    ...cache('a'),
    on('c', 'remove', Array<Record<string, unknown>>(10).fill(removal)),
    step(null, 'SSL_CTX_remove_session', '$c', '$a'),
  ]).slice(-1);
  const count = (at: Line): number =>
    (at.nested ?? []).reduce((sum, run) => sum + 1 + run.steps.reduce((more, inner) => more + count(inner), 0), 0);
  t.is(line && count(line), 256);
});

test('what a body binds again has another name', (t) => {
  const [line] = same(t, [
    ...cache('a', 'b'),
    on('c', 'remove', [step('copy', 'SSL_SESSION_dup', '$@session')]),
    step(null, 'SSL_CTX_flush_sessions', '$c', 0),
    step(null, 'SSL_SESSION_free', '$copy.2'),
    step(null, 'SSL_SESSION_get_id', '$copy'),
  ]).slice(-1);
  t.true(line !== undefined && isMisuse(line));
  t.like(line, { misuse: 'use-after-free', handle: 'copy' });
});

test('a new-session callback keeps what it returns 1 for, and may give it back itself', (t) => {
  const kept = same(t, [
    ...joined([
      step(null, 'SSL_CTX_set_session_cache_mode', '$cc', 'SSL_SESS_CACHE_CLIENT'),
      on('cc', 'new', [step(null, 'SSL_is_init_finished', '$@ssl')], 1),
    ]),
    step(null, 'sim_handshake', '$c', '$s'),
    step(null, 'SSL_SESSION_free', '$#1'),
  ]);
  t.like(kept.at(-2), { nested: [{ on: 'new', ctx: 'cc', returned: 1 }] });
  t.false(isMisuse(kept.at(-1)!));
});

test('a get callback hands a session out, with its reference or without', (t) => {
  for (const returns of ['$y', { session: '$y', copy: 0 }, { session: null, copy: 0 }, null]) {
    const all = same(t, [
      ...joined([
        step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
        step(null, 'SSL_CTX_set_session_cache_mode', '$sc', 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_NO_INTERNAL'),
      ]),
      step(null, 'sim_handshake', '$c', '$s'),
      step('x', 'SSL_get1_session', '$c'),
      step('y', 'SSL_get1_session', '$s'),
      step(null, 'sim_close', '$c', '$s'),
      on('sc', 'get', [step(null, 'SSL_SESSION_get_timeout', '$y')], returns),
      step('c2', 'SSL_new', '$cc'),
      step('s2', 'SSL_new', '$sc'),
      step(null, 'sim_pair', '$c2', '$s2'),
      step(null, 'SSL_set_session', '$c2', '$x'),
      step(null, 'sim_handshake', '$c2', '$s2'),
      step(null, 'SSL_session_reused', '$s2'),
    ]);
    const isGiven = returns === '$y' || (returns !== null && typeof returns === 'object' && returns.session !== null);
    t.like(all.at(-1), { ret: isGiven ? 1 : 0 });
  }
});

test('a get callback cannot hand out a reference that the program does not hold', (t) => {
  const [line] = same(t, [
    ...joined([
      step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
      step(null, 'SSL_CTX_set_session_cache_mode', '$sc', 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_NO_INTERNAL'),
    ]),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step('y', 'SSL_get_session', '$s'),
    on('sc', 'get', [], { session: '$y', copy: 0 }),
    step('c2', 'SSL_new', '$cc'),
    step('s2', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c2', '$s2'),
    step(null, 'SSL_set_session', '$c2', '$x'),
    step(null, 'sim_handshake', '$c2', '$s2'),
  ]).slice(-1);
  t.like(line, { call: 'sim_handshake', misuse: 'not-owned', handle: 'y', nested: [{ on: 'get', steps: [] }] });
});

for (const [what, body, misuse] of [
  ['I/O on the connection', step(null, 'SSL_do_handshake', '$@ssl'), 'in-call'],
  ['another session for it', step(null, 'SSL_set_session', '$@ssl', null), 'in-call'],
  ['its last reference', step(null, 'SSL_free', '$s'), 'in-call'],
  ['a session that is gone', step(null, 'SSL_SESSION_get_id', '$gone'), 'use-after-free'],
] as const) {
  test(`misuse in a body ends the program, and both stacks say which: ${what}`, (t) => {
    const [line] = same(t, [
      ...joined([
        step('gone', 'SSL_SESSION_new'),
        step(null, 'SSL_SESSION_free', '$gone'),
        on('sc', 'servername', [step(null, 'SSL_version', '$@ssl'), body], 'SSL_TLSEXT_ERR_OK'),
      ]),
      step(null, 'SSL_set_tlsext_host_name', '$c', { text: 'a.test' }),
      step(null, 'sim_handshake', '$c', '$s'),
      step(null, 'SSL_SESSION_new'),
    ]).slice(-1);
    t.like(line, {
      call: 'sim_handshake',
      misuse,
      nested: [{ on: 'servername', steps: [{ call: 'SSL_version' }, { misuse }] }],
    });
  });
}

for (const [kind, returns] of [
  ['not-resumable', 0],
  ['info', undefined],
] as const) {
  test(`a connection may not leave for another context in a callback that runs behind the choice of its certificate: ${kind}`, (t) => {
    const choosing = [step('host', 'SSL_CTX_new', 'TLS_method'), step(null, 'sim_use_certificate', '$host')];
    const leaves = on('sc', kind, [step(null, 'SSL_set_SSL_CTX', '$@ssl', '$host')], returns);
    const [line] = same(t, [...joined([...choosing, leaves]), step(null, 'sim_handshake', '$c', '$s')]).slice(-1);
    t.like(line, { call: 'sim_handshake', misuse: 'in-call', handle: '@ssl' });
    const [other] = same(t, [
      ...joined([...choosing, on('sc', kind, [step(null, 'SSL_set_SSL_CTX', '$d', '$host')], returns)]),
      step('d', 'SSL_new', '$sc'),
      step(null, 'sim_handshake', '$c', '$s'),
    ]).slice(-1);
    t.like(other, { call: 'sim_handshake', ret: 'ok' });
  });
}

test('a context that is being taken apart may be looked at, and no more', (t) => {
  const withBody = (...body: Steps): Steps => [
    ...cache('a'),
    on('c', 'remove', body),
    step(null, 'SSL_CTX_free', '$c'),
  ];
  t.like(same(t, withBody(step(null, 'SSL_CTX_get_timeout', '$@ctx'))).at(-1), {
    events: [{ remove: 'a' }, { freed: 'c' }],
  });
  t.like(same(t, withBody(step('s', 'SSL_new', '$@ctx'))).at(-1), { misuse: 'dying', handle: '@ctx' });
});

test('the lock that a callback gave back twice is waited for without end, on 1.1.1 alone', (t) => {
  const steps = [
    ...cache('a', 'b'),
    on('c', 'remove', [step(null, 'SSL_CTX_remove_session', '$@ctx', '$b')]),
    step(null, 'SSL_CTX_flush_sessions', '$c', 0),
    step(null, 'SSL_CTX_add_session', '$c', '$a'),
    step(null, 'SSL_CTX_remove_session', '$c', '$a'),
  ];
  const old = lines(openModel({ profile: '1.1.1' }), steps);
  t.like(old.at(-1), { call: 'SSL_CTX_remove_session', misuse: 'would-deadlock', handle: 'c' });
  t.like(old.at(-2), { call: 'SSL_CTX_add_session', ret: 1 });
  t.like(lines(openModel({ profile: '3.0' }), steps).at(-1), { ret: 1 });
});

test('an id that a callback makes is in its session while it is made, and stays there where it is refused', (t) => {
  const shown = same(t, [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'sim_on_remove', '$sc'),
    on('sc', 'generate-id', [step('seen', 'SSL_get_session', '$@ssl'), step(null, 'SSL_SESSION_get_id', '$seen')], {
      hex: '',
    }),
    step('c', 'SSL_new', '$cc'),
    step('s', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c', '$s'),
    step(null, 'sim_handshake', '$c', '$s'),
  ]).at(-1);
  t.like(shown, { ret: 'server failed', events: [{ remove: 'seen' }] });
  t.like(nestedIn(shown)[0]?.steps[1], ['SSL_SESSION_get_id', '00'.repeat(32)]);
});

test('a servername callback that switches tickets off has the session get an id', (t) => {
  for (const [returns, ret] of [
    [{ hex: 'abcd' }, 'ok'],
    [0, 'server failed'],
  ] as const) {
    const shown = same(t, [
      ...joined([
        on('sc', 'servername', [step(null, 'SSL_set_options', '$@ssl', 'SSL_OP_NO_TICKET')], 'SSL_TLSEXT_ERR_OK'),
        on('sc', 'generate-id', [], returns),
      ]),
      step(null, 'sim_handshake', '$c', '$s'),
    ]).at(-1);
    t.like(shown, { ret, nested: [{ on: 'servername' }, { on: 'generate-id' }] });
  }
});

test('a servername callback warns, and the handshake goes on', (t) => {
  const shown = same(t, [
    ...joined([on('sc', 'servername', [], 'SSL_TLSEXT_ERR_ALERT_WARNING')]),
    step(null, 'SSL_set_tlsext_host_name', '$c', { text: 'a.test' }),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step(null, 'SSL_SESSION_get0_hostname', '$x'),
  ]);
  t.like(shown.at(-1), { ret: null });
});

test('a flush of 1.1.1 that loses its place in the cache crashes', (t) => {
  const steps = [
    ...cache('a', 'b'),
    on('c', 'remove', [step(null, 'SSL_CTX_flush_sessions', '$@ctx', 0)]),
    step('d', 'SSL_SESSION_new'),
    step(null, 'SSL_SESSION_set1_id', '$d', { hex: '0909090909090909' }),
    step(null, 'SSL_CTX_add_session', '$c', '$d'),
    step(null, 'SSL_CTX_flush_sessions', '$c', 0),
  ];
  // the hashes of 01… and 09… are in one chain of eight
  t.like(lines(openModel({ profile: '1.1.1' }), steps).at(-1), { crash: 'SIGSEGV' });
  t.false('crash' in lines(openModel({ profile: '3.0' }), steps).at(-1)!);
});
