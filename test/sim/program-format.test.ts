/** What is a program, and what is refused, with the place and the reason. */
import test from 'ava';
import { calls, constantNames, constantValue, ProgramError, parseProgram } from '../../sim/program/index.js';

const newCtx = { let: 'cc', call: 'SSL_CTX_new', args: ['TLS_method'] };

function file(steps: readonly unknown[], rest: object = {}): string {
  return JSON.stringify({ format: 'simtls-program/1', profile: '3.0', steps, ...rest });
}

function refusal(source: unknown): string {
  try {
    parseProgram(source);
  } catch (error) {
    if (error instanceof ProgramError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('a file that is no program is refused as a whole', (t) => {
  t.regex(refusal('{'), /^not JSON: /);
  t.is(refusal('[]'), 'a program is an object, found a list');
  t.is(refusal('{}'), 'format: expected "simtls-program/1", found nothing');
  t.is(
    refusal(file([], { format: 'simtls-program/2' })),
    'format: expected "simtls-program/1", found "simtls-program/2"',
  );
  t.is(refusal(file([], { profile: '1.0.2' })), 'profile: expected one of 1.1.1, 3.0, 3.5, found "1.0.2"');
  t.is(refusal(file([], { profile: undefined })), 'profile: expected one of 1.1.1, 3.0, 3.5, found nothing');
  t.is(refusal(file([], { steps: {} })), 'steps: expected a list, found an object');
  t.is(refusal(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'a program is an object, found a list');
});

test('further keys are allowed, arguments may be left out, and the profile may be overridden', (t) => {
  t.is(refusal(file([{ call: 'SSL_SESSION_new' }], { name: 'x', expect: [1] })), 'accepted');
  t.is(parseProgram(file([]), { profile: '1.1.1' }).profile, '1.1.1');
  t.is(parseProgram(file([], { profile: undefined }), { profile: '3.5' }).profile, '3.5');
});

const refused: readonly (readonly [title: string, step: unknown, place: string, reason: string])[] = [
  ['a step that is no object', 7, '', 'a step is an object, found 7'],
  ['a call that is no name', { call: 1 }, '.call', "expected a call's name, found 1"],
  ['an unknown call', { call: 'SSL_connect' }, '.call', 'unknown call "SSL_connect"'],
  ['a call named like a property of objects', { call: 'constructor' }, '.call', 'unknown call "constructor"'],
  ['arguments that are no list', { call: 'SSL_new', args: '$cc' }, '.args', 'expected a list, found "$cc"'],
  [
    'too few arguments',
    { call: 'SSL_set_session', args: ['$c'] },
    '.args',
    'SSL_set_session takes 2 arguments, found 1',
  ],
  ['too many arguments', { call: 'SSL_new', args: ['$c', 1] }, '.args', 'SSL_new takes 1 arguments, found 2'],
  ['a number for a handle', { call: 'SSL_new', args: [1] }, '.args[0]', 'expected a handle ("$name" or null), found 1'],
  [
    'a name that is none',
    { call: 'SSL_new', args: ['$a b'] },
    '.args[0]',
    'expected a handle ("$name" or null), found "$a b"',
  ],
  [
    'the session #0',
    { call: 'SSL_SESSION_free', args: ['$#0'] },
    '.args[0]',
    'expected a handle ("$name" or null), found "$#0"',
  ],
  [
    'an unknown method',
    { call: 'SSL_CTX_new', args: ['SSLv2_method'] },
    '.args[0]',
    'unknown constant "SSLv2_method": expected one of TLS_method, TLS_client_method, TLS_server_method',
  ],
  [
    'an unknown constant',
    { call: 'SSL_CTX_set_options', args: ['$cc', 'SSL_OP_NO_TICKET|SSL_OP_X'] },
    '.args[1]',
    'unknown constant "SSL_OP_NO_TICKET|SSL_OP_X"',
  ],
  [
    'a constant named like a property of objects',
    { call: 'SSL_CTX_set_options', args: ['$cc', 'toString'] },
    '.args[1]',
    'unknown constant "toString"',
  ],
  [
    'a name for a number',
    { call: 'SSL_CTX_set_timeout', args: ['$cc', '$n'] },
    '.args[1]',
    'expected a number, found "$n"',
  ],
  [
    'a fraction',
    { call: 'SSL_CTX_set_timeout', args: ['$cc', 1.5] },
    '.args[1]',
    'expected an integer within ±(2^53−1), found 1.5',
  ],
  [
    'a number past 2^53',
    { call: 'SSL_CTX_set_timeout', args: ['$cc', 2 ** 53] },
    '.args[1]',
    'expected an integer within ±(2^53−1), found 9007199254740992',
  ],
  [
    'null for a number',
    { call: 'SSL_CTX_set_timeout', args: ['$cc', null] },
    '.args[1]',
    'expected a number, found null',
  ],
  ['true for a number', { call: 'SSL_set_shutdown', args: ['$c', true] }, '.args[1]', 'expected a number, found true'],
  ['a number for true', { call: 'sim_on_new', args: ['$cc', 1] }, '.args[1]', 'expected true or false, found 1'],
  [
    'a time relative to something else',
    { call: 'SSL_CTX_flush_sessions', args: ['$cc', { later: 1 }] },
    '.args[1]',
    'expected a time (a number or { "now": n }), found an object',
  ],
  [
    'a relative time where a length of time is wanted',
    { call: 'SSL_CTX_set_timeout', args: ['$cc', { now: 1 }] },
    '.args[1]',
    'expected a number, found an object',
  ],
  [
    'half a byte',
    { call: 'SSL_SESSION_set1_id', args: ['$x', { hex: '012' }] },
    '.args[1]',
    'expected bytes ({ "hex": … }, { "text": … } or "$name"), found an object',
  ],
  [
    'bytes for a string',
    { call: 'SSL_set_tlsext_host_name', args: ['$c', { hex: '00' }] },
    '.args[1]',
    'expected a string ({ "text": … } or null), found an object',
  ],
  [
    'an unknown mode',
    { call: 'sim_on_get', args: ['$cc', 'hit'] },
    '.args[1]',
    'unknown constant "hit": expected one of miss, copy, nocopy',
  ],
  [
    '1001 tickets',
    { call: 'SSL_CTX_set_num_tickets', args: ['$cc', 1001] },
    '.args[1]',
    'expected 0 to 1000 tickets, found 1001',
  ],
  ['−1 tickets', { call: 'SSL_set_num_tickets', args: ['$c', -1] }, '.args[1]', 'expected 0 to 1000 tickets, found -1'],
  [
    'a let that is no name',
    { let: '#1', call: 'SSL_SESSION_new' },
    '.let',
    'expected a name of letters, digits and _, found "#1"',
  ],
  ['a let of a number', { let: 'n', call: 'SSL_version', args: ['$c'] }, '.let', 'SSL_version returns nothing to name'],
  ['a let bound twice', newCtx, '.let', 'cc is bound twice'],
];
for (const [title, step, place, reason] of refused) {
  test(`refused: ${title}`, (t) => {
    t.is(refusal(file([newCtx, step])), `steps[1]${place}: ${reason}`);
  });
}

test('every call takes the number of arguments that its table says, and no other', (t) => {
  for (const [call, { args, required }] of calls) {
    const given = refusal(file([{ call, args: args.map(() => ['nothing takes a list']) }]));
    if (args.length > 0) t.regex(given, /^steps\[0\]\.args\[0\]: expected /, call);
    t.regex(refusal(file([{ call, args: [...args, 0].map(() => 0) }])), /takes .* arguments, found/, call);
    if ((required ?? args.length) > 0) t.regex(refusal(file([{ call }])), /takes .* arguments, found 0/, call);
  }
});

test('constants are those of the headers: joined with |, and of the profile where the lines differ', (t) => {
  t.is(constantValue('SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL_STORE', '3.0'), 0x201);
  t.is(constantValue('SSL_SESS_CACHE_UPDATE_TIME', '1.1.1'), 0x400, 'what a line lacks has the value of 3.5');
  t.is(constantValue('SSL_OP_ALL', '1.1.1'), 0x80000854);
  t.is(constantValue('SSL_OP_ALL', '3.5'), 0x80000850);
  t.is(constantValue('LONG_MAX', '3.0'), 2n ** 63n - 1n);
  t.is(constantValue('SSL_OP_NO_TICKET|', '3.0'), undefined);
  for (const name of constantNames) t.not(constantValue(name, '3.0'), undefined, name);
});

test('numbers take the C type of their parameter', (t) => {
  const { steps } = parseProgram(
    file([
      { call: 'SSL_set_shutdown', args: ['$c', 2 ** 32 + 1] },
      { call: 'SSL_CTX_set_options', args: ['$cc', -1] },
      { call: 'SSL_SESSION_set_max_early_data', args: ['$x', -1] },
      { call: 'SSL_CTX_set_timeout', args: ['$cc', 'LONG_MIN'] },
    ]),
  );
  t.deepEqual(
    steps.map(({ args }) => args[1]),
    [1, 2n ** 64n - 1n, 2 ** 32 - 1, -(2n ** 63n)].map((value) => ({ kind: 'number', value })),
  );
});

test('a C string ends at its first NUL, bytes do not', (t) => {
  const { steps } = parseProgram(
    file([
      { call: 'SSL_set_tlsext_host_name', args: ['$c', { text: 'a\u0000b' }] },
      { call: 'SSL_write', args: ['$c', { text: 'a\u0000b' }] },
    ]),
  );
  t.deepEqual(steps[0]?.args[1], { kind: 'text', text: 'a' });
  t.deepEqual(steps[1]?.args[1], { kind: 'bytes', bytes: Uint8Array.of(97, 0, 98) });
});
