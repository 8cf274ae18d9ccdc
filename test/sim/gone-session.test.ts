/** A connection that is left with a session that is gone: what libssl would show of it is anything. */
import test from 'ava';
import { libsslSource, modelSource, parseProgram, runProgram, SideBySide } from '../../sim/program/index.js';
import { step } from './_programs.js';

const profile = '1.1.1' as const;

/** 1.1.1: the flush in the callback frees a session that a connection still has. */
const steps: readonly unknown[] = [
  step('cc', 'SSL_CTX_new', 'TLS_client_method'),
  step('sc', 'SSL_CTX_new', 'TLS_method'),
  step(null, 'sim_use_certificate', '$sc'),
  step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
  step(null, 'sim_on_get', '$sc', 'nocopy'),
  {
    ...step(null, 'sim_on', '$sc', 'new'),
    steps: [
      step(null, 'SSL_set_options', '$@ssl', 'SSL_OP_NO_TICKET'),
      step(null, 'SSL_CTX_flush_sessions', '$@ctx', 0),
    ],
    returns: 1,
  },
  ...['1', '2', '3'].flatMap((n) => [step(`c${n}`, 'SSL_new', '$cc'), step(`s${n}`, 'SSL_new', '$sc')]),
  ...['1', '2', '3'].map((n) => step(null, 'sim_pair', `$c${n}`, `$s${n}`)),
  step(null, 'sim_handshake', '$c1', '$s1'),
  step('x', 'SSL_get1_session', '$c1'),
  step(null, 'SSL_set_session', '$c2', '$x'),
  step(null, 'SSL_do_handshake', '$c2'),
  step(null, 'SSL_do_handshake', '$s2'),
  step(null, 'SSL_do_handshake', '$c2'),
  step(null, 'SSL_do_handshake', '$s2'),
  step(null, 'sim_handshake', '$c3', '$s3'),
];

test('both stacks stop where it is looked at, step by step and in a batch', (t) => {
  const libssl = libsslSource({}, () => {});
  const [model, real] = [modelSource(), libssl].map((source) => {
    const stack = source.open(profile);
    const lines = [...runProgram(parseProgram({ format: 'simtls-program/1', profile, steps }, { profile }), stack)];
    stack.end();
    return lines;
  });
  t.like(model?.at(-1), { step: steps.length - 1, call: 'sim_handshake', crash: 'SIGSEGV' });
  t.like(real?.at(-1), { step: steps.length - 1, call: 'sim_handshake', crash: 'SIGSEGV' });
  const both = new SideBySide({ model: modelSource(), libssl });
  const all = steps.map((_, index) => index);
  const { parted, ended } = both.compare({ profile, table: steps, programs: [all, all.slice(0, 12)], observed: 'all' });
  t.deepEqual(parted, []);
  t.deepEqual(ended, [true, false]);
  both.close();
  libssl.close();
});

/** 1.1.1: the flush in the callback frees the session of s3, and its memory is given to a session that s4 and c4 make. */
const reused: readonly unknown[] = [
  step('cc', 'SSL_CTX_new', 'TLS_client_method'),
  step('sc', 'SSL_CTX_new', 'TLS_method'),
  step(null, 'sim_use_certificate', '$sc'),
  step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
  step(null, 'sim_on_new', '$sc', true),
  step(null, 'sim_on_get', '$sc', 'copy'),
  step('c3', 'SSL_new', '$cc'),
  step('s3', 'SSL_new', '$sc'),
  step(null, 'sim_pair', '$c3', '$s3'),
  step(null, 'sim_handshake', '$c3', '$s3'),
  step('x3', 'SSL_get1_session', '$c3'),
  step('x4', 'SSL_get1_session', '$s3'),
  step('c4', 'SSL_new', '$cc'),
  step('s4', 'SSL_new', '$sc'),
  step(null, 'sim_pair', '$c4', '$s4'),
  step(null, 'SSL_set_session', '$c4', '$x3'),
  {
    ...step(null, 'sim_on', '$s4', 'read'),
    steps: [step(null, 'SSL_CTX_flush_sessions', '$@ctx', 0), step(null, 'SSL_do_handshake', '$c4')],
  },
  step(null, 'sim_handshake', '$c4', '$s4'),
];

test('both stacks stop too where another session has the memory of the one that is gone', (t) => {
  const libssl = libsslSource({}, () => {});
  for (const source of [modelSource(), libssl]) {
    const stack = source.open(profile);
    const lines = [
      ...runProgram(parseProgram({ format: 'simtls-program/1', profile, steps: reused }, { profile }), stack),
    ];
    t.like(lines.at(-1), { step: reused.length - 1, call: 'sim_handshake', crash: 'SIGSEGV' });
    stack.end();
  }
  libssl.close();
});
