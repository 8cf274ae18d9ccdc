import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ExportError, exportC, statementsOf } from '../../sim/export/index.js';
import {
  Comparison,
  calls,
  type Difference,
  libsslSource,
  parseProgram,
  readLine,
  runProgram,
  writeLine,
} from '../../sim/program/index.js';
import { simtls } from './_command.js';
import { corpusPrograms } from './_corpus.js';
import { connected, pair, program, step } from './_programs.js';

/** The libssl that a C compiler links with here. */
const installed = execFileSync('cc', ['-print-file-name=libssl.so'], { encoding: 'utf8' }).trim();
const agents = libsslSource({ libssl: installed, anyPatch: true }, () => undefined);
const folder = mkdtempSync(join(tmpdir(), 'simtls-export-'));
test.after.always(() => {
  agents.close();
  rmSync(folder, { recursive: true });
});

type Value = Readonly<Record<string, unknown>>;

const corpus = new Map(
  corpusPrograms().map(({ file, text }) => [file.replace('.json', ''), JSON.parse(text) as Value]),
);

/** Compiles a program's test as its first comment says, and gives what it prints. */
function printed(value: Value, name: string): { readonly lines: readonly string[]; readonly status: number | null } {
  const text = exportC(value, { file: `${name}.c` });
  const line = /^ \* {5}(cc .+) && \.\/a\.out$/m.exec(text)?.[1] ?? '';
  writeFileSync(join(folder, `${name}.c`), text);
  execFileSync(`${line} -Wall -Wextra -Werror -o ${name}`, { cwd: folder, shell: true });
  const { stdout, status } = spawnSync(join(folder, name), { encoding: 'utf8' });
  return { lines: stdout.trimEnd().split('\n'), status };
}

/** The first difference between the agent on the installed library (`model`) and the test (`libssl`). */
function differs(value: Value, name: string): Difference | undefined {
  const stack = agents.open('3.0');
  try {
    const agent = [...runProgram(parseProgram(value), stack)];
    const { lines } = printed(value, name);
    const comparison = new Comparison();
    for (let at = 0; at < Math.max(agent.length, lines.length); at++) {
      const line = lines[at];
      const found = comparison.next(agent[at], line === undefined ? undefined : readLine(line));
      if (found !== undefined) return found;
    }
    return undefined;
  } finally {
    stack.end();
  }
}

test('every call of the format can be said in C', (t) => {
  t.deepEqual(
    [...calls.keys()].filter((call) => statementsOf(call) === undefined),
    ['sim_on'], // a function for each, below
  );
});

test('a C file fits a screen', (t) => {
  // a misuse in a body is refused by name
  const said = [...corpus].filter(([name]) => !['race-in-call', 'reach-in-call', 'reach-dying'].includes(name));
  for (const [name, value] of said.filter(
    ([name], index) => index % 9 === 0 || name === 'found-generate-id-of-a-copy',
  )) {
    const wide = exportC(value)
      .split('\n')
      .filter((line) => line.length > 80 && !line.startsWith('    puts('));
    t.deepEqual(wide, [], name);
  }
});

// A handshake with callbacks that hand out sessions, an encoded session, a cut and a damaged record, a misuse.
for (const name of ['R49', 'E01', 'S14', 'S17', 'F02']) {
  test(`${name} as C prints what the same libssl shows through the agent`, (t) => {
    t.is(differs(corpus.get(name) ?? {}, name), undefined);
  });
}

test('names, strings and numbers of all kinds come through C', (t) => {
  const steps = [
    step('int', 'SSL_CTX_new', 'TLS_server_method'),
    step('SSL_OP_ALL', 'SSL_CTX_new', 'TLS_client_method'),
    step('step', 'SSL_new', '$SSL_OP_ALL'),
    step('_x', 'SSL_SESSION_new'),
    step('ret', 'SSL_SESSION_dup', '$_x'),
    step(null, 'SSL_SESSION_set1_hostname', '$_x', { text: 'a "quote", a \\, ??/ and ü\n*/' }),
    step(null, 'SSL_SESSION_get0_hostname', '$_x'),
    step(null, 'SSL_SESSION_set_timeout', '$_x', 'LONG_MAX'),
    step(null, 'SSL_SESSION_set_time', '$_x', { now: -60 }),
    step(null, 'SSL_SESSION_get_time', '$_x'),
    step(null, 'SSL_SESSION_set1_id', '$_x', { text: '1234, (56' }),
    step('data', 'SSL_SESSION_get_id', '$_x'),
    step(null, 'SSL_SESSION_set1_id_context', '$ret', '$data'),
    step(null, 'SSL_SESSION_set1_master_key', '$ret', { hex: 'ab'.repeat(100) }),
    step(null, 'SSL_CTX_set_options', '$int', -1),
    step(null, 'SSL_CTX_set_timeout', '$int', -9007199254740991),
    step('none', 'SSL_get1_session', '$step'),
    step(null, 'SSL_SESSION_is_resumable', '$none'),
    step(null, 'SSL_SESSION_free', '$none'),
    step(null, 'SSL_set_session', '$step', '$_x'),
    step(null, 'SSL_do_handshake', '$step'),
    step(null, 'SSL_get_session', '$step'),
    step(null, 'SSL_SESSION_has_ticket', '$#1'),
  ];
  // A connection that was made to shake hands has dropped the session for one without a name.
  steps.splice(20, 0, step(null, 'SSL_set_connect_state', '$step'));
  t.is(differs(program(steps, '3.0'), 'names'), undefined);
});

test('time, early data, fields of sessions, and bytes that are held back come through C', (t) => {
  const steps = [
    step('cc', 'SSL_CTX_new', 'TLS_method'),
    step('sc', 'SSL_CTX_new', 'TLS_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'sim_clock', 3600),
    step('keys', 'SSL_CTX_get_tlsext_ticket_keys', '$sc'),
    step(null, 'SSL_CTX_set_tlsext_ticket_keys', '$sc', '$keys'),
    step(null, 'SSL_CTX_set_alpn_protos', '$cc', { text: 'h2,http/1.1' }),
    step(null, 'SSL_CTX_set_max_early_data', '$sc', 1000),
    step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_ANTI_REPLAY'),
    step('c', 'SSL_new', '$cc'),
    step('s', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c', '$s'),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step(null, 'SSL_get_current_cipher', '$c'),
    step(null, 'SSL_SESSION_get0_cipher', '$x'),
    step(null, 'SSL_SESSION_get0_ticket', '$x'),
    step(null, 'SSL_SESSION_get0_peer', '$x'),
    step(null, 'SSL_SESSION_get_master_key', '$x', 4),
    step(null, 'SSL_SESSION_get_master_key', '$x', 0),
    step(null, 'SSL_SESSION_print_keylog', '$x'),
    step(null, 'SSL_get_verify_result', '$c'),
    step(null, 'SSL_SESSION_get_time_ex', '$x'),
    step('der', 'i2d_SSL_SESSION', '$x'),
    step('y', 'SSL_SESSION_new'),
    step(null, 'SSL_SESSION_set_cipher', '$y', 'TLS1_3_CK_AES_128_GCM_SHA256'),
    step('z', 'd2i_SSL_SESSION', '$der', '$y'),
    step(null, 'sim_close', '$c', '$s'),
    step(null, 'sim_clock', 5, 250),
    step('d', 'SSL_new', '$cc'),
    step('e', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$d', '$e'),
    step(null, 'SSL_set_session', '$d', '$x'),
    step(null, 'SSL_write_early_data', '$d', { text: 'early' }),
    step(null, 'SSL_read_early_data', '$e', 100),
    step(null, 'SSL_read_early_data', '$e'),
    step(null, 'sim_handshake', '$d', '$e'),
    step(null, 'SSL_get_early_data_status', '$d'),
    step(null, 'sim_capacity', '$d', 20),
    step(null, 'SSL_write', '$d', { text: 'more than fits' }),
    step(null, 'SSL_read', '$e', 10),
    step(null, 'SSL_write', '$d', { text: 'more than fits' }),
    step(null, 'sim_deliver', '$e', 12),
    step(null, 'SSL_read', '$e', 10),
    step(null, 'sim_capacity', '$d', 100),
    step(null, 'SSL_write', '$d', { text: 'more than fits' }),
    step(null, 'sim_deliver', '$e', 500),
    step(null, 'SSL_read', '$e', 100),
    step(null, 'sim_inject', '$e', { hex: '150303000201' }),
    step(null, 'SSL_read', '$e', 100),
    step(null, 'sim_break', '$d'),
    step(null, 'SSL_read', '$d', 100),
    step(null, 'sim_clock', 86_400),
    step(null, 'SSL_SESSION_get_time', '$x'),
  ];
  t.is(differs(program(steps, '3.0'), 'further'), undefined);
});

/** `on('sc', 'remove', [steps], returns)`. */
function on(object: string, kind: string, steps: readonly unknown[], returns?: unknown): Record<string, unknown> {
  return { ...step(null, 'sim_on', `$${object}`, kind), steps, ...(returns === undefined ? {} : { returns }) };
}

const key = (byte: string): { hex: string } => ({ hex: byte.repeat(80) });

test('callbacks with bodies come through C: in one another, under the lock, with names that come again', (t) => {
  const steps = [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'SSL_CTX_set_session_cache_mode', '$cc', 'SSL_SESS_CACHE_CLIENT'),
    on('cc', 'remove', [
      step(null, 'SSL_CTX_remove_session', '$@ctx', '$@session'),
      step(null, 'SSL_CTX_flush_sessions', '$@ctx', 0),
    ]),
    on(
      'cc',
      'new',
      [
        step('d', 'SSL_SESSION_dup', '$@session'),
        step('id', 'SSL_SESSION_get_id', '$d'),
        step(null, 'SSL_SESSION_set1_id_context', '$d', '$id'),
        step(null, 'SSL_CTX_set_session_id_context', '$@ctx', { text: 'far too long for a session id context' }),
        step(null, 'SSL_get_session', '$@ssl'),
        step(null, 'SSL_CTX_remove_session', '$cc', '$@session'),
      ],
      1,
    ),
    on('sc', 'not-resumable', [step(null, 'SSL_session_reused', '$@ssl')], 0),
    step('c', 'SSL_new', '$cc'),
    step('s', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c', '$s'),
    step(null, 'sim_handshake', '$c', '$s'),
    step(null, 'SSL_SESSION_is_resumable', '$d'),
    step('x', 'SSL_get1_session', '$c'),
    step(null, 'SSL_CTX_add_session', '$cc', '$x'),
    step(null, 'SSL_CTX_add_session', '$cc', '$d'),
    step(null, 'SSL_CTX_flush_sessions', '$cc', 0),
    step(null, 'SSL_do_handshake', '$c'),
  ];
  t.is(differs(program(steps, '3.0'), 'bodies'), undefined);
});

test('callbacks that answer with hosts, keys and sessions come through C', (t) => {
  const steps = [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step('other', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'sim_use_certificate', '$other'),
    step(null, 'SSL_CTX_set_max_proto_version', '$cc', 'TLS1_2_VERSION'),
    on('sc', 'servername', [step(null, 'SSL_set_SSL_CTX', '$@ssl', '$other')], 'SSL_TLSEXT_ERR_OK'),
    on('other', 'servername', [], 'SSL_TLSEXT_ERR_NOACK'),
    on('sc', 'ticket-key', [step(null, 'SSL_in_before', '$@ssl')], { seal: 1, open: 2, keys: [key('ab'), key('cd')] }),
    step('c', 'SSL_new', '$cc'),
    step('s', 'SSL_new', '$sc'),
    step(null, 'SSL_set_tlsext_host_name', '$c', { text: 'a.example' }),
    step(null, 'sim_pair', '$c', '$s'),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step(null, 'sim_close', '$c', '$s'),
    step('d', 'SSL_new', '$cc'),
    step('e', 'SSL_new', '$sc'),
    step(null, 'SSL_set_session', '$d', '$x'),
    step(null, 'sim_pair', '$d', '$e'),
    step(null, 'sim_handshake', '$d', '$e'),
    step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
    step('f', 'SSL_new', '$cc'),
    step('g', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$f', '$g'),
    step(null, 'sim_handshake', '$f', '$g'),
    step('y', 'SSL_get1_session', '$f'),
    step('z', 'SSL_get1_session', '$g'),
    step(null, 'sim_close', '$f', '$g'),
    step(null, 'SSL_CTX_remove_session', '$sc', '$z'),
    step('w', 'SSL_SESSION_dup', '$z'),
    on('sc', 'get', [step(null, 'SSL_session_reused', '$@ssl')], { session: '$w', copy: 0 }),
    step('h', 'SSL_new', '$cc'),
    step('i', 'SSL_new', '$sc'),
    step(null, 'SSL_set_session', '$h', '$y'),
    step(null, 'sim_pair', '$h', '$i'),
    step(null, 'sim_handshake', '$h', '$i'),
  ];
  t.is(differs(program(steps, '3.0'), 'answers'), undefined);
});

test('tables of hosts, keys and protocols, and ex_data with its functions, come through C', (t) => {
  const steps = [
    step(null, 'sim_ex_data', 'session'),
    step(null, 'sim_ex_data', 'ssl'),
    step('cc', 'SSL_CTX_new', 'TLS_method'),
    step('sc', 'SSL_CTX_new', 'TLS_method'),
    step('hosts', 'SSL_CTX_new', 'TLS_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'sim_use_certificate', '$hosts'),
    step(null, 'SSL_CTX_set_ex_data', '$sc', 4_294_967_295),
    step(null, 'SSL_CTX_get_ex_data', '$sc'),
    step(null, 'sim_ex_data', 'ctx'),
    step('k', 'SSL_SESSION_new'),
    step(null, 'SSL_SESSION_set1_master_key', '$k', { hex: 'ab'.repeat(32) }),
    step(null, 'SSL_SESSION_set_cipher', '$k', 'TLS1_3_CK_AES_128_GCM_SHA256'),
    step(null, 'SSL_SESSION_set_protocol_version', '$k', 'TLS1_3_VERSION'),
    step(null, 'sim_psk', '$cc', { text: 'key' }, '$k'),
    step(null, 'sim_psk', '$sc', { text: 'key' }, '$k'),
    step(null, 'SSL_CTX_set_alpn_protos', '$cc', { text: 'h2,http/1.1' }),
    step(null, 'sim_alpn_select', '$sc', { text: 'spdy/3,http/1.1,h2' }),
    step(null, 'sim_virtual_host', '$sc', { text: 'a.example' }, '$hosts'),
    ...['c', 'd', 'e'].flatMap((client, number) => [
      step(client, 'SSL_new', '$cc'),
      step(`of_${client}`, 'SSL_new', '$sc'),
      step(null, 'SSL_set_ex_data', `$${client}`, number),
      step(null, 'SSL_set_tlsext_host_name', `$${client}`, { text: number === 1 ? 'a.example' : 'b.example' }),
      // A server that knows the key by another name, then no protocol that both speak.
      ...(number === 1 ? [step(null, 'sim_psk', '$sc', { text: 'other' }, '$k')] : []),
      ...(number === 2 ? [step(null, 'sim_alpn_select', '$sc', { text: 'spdy/3' })] : []),
      step(null, 'sim_pair', `$${client}`, `$of_${client}`),
      step(null, 'sim_handshake', `$${client}`, `$of_${client}`),
      step(null, 'SSL_get0_alpn_selected', `$${client}`),
      step(null, 'SSL_get_SSL_CTX', `$of_${client}`),
      step(null, 'SSL_get_ex_data', `$${client}`),
    ]),
    step('x', 'SSL_get1_session', '$e'),
    step(null, 'SSL_SESSION_set_ex_data', '$x', 7),
    step('y', 'SSL_SESSION_dup', '$x'),
    step(null, 'SSL_SESSION_get_ex_data', '$y'),
    step(null, 'SSL_free', '$e'),
    step(null, 'SSL_CTX_free', '$hosts'),
  ];
  t.is(differs(program(steps, '3.0'), 'tables'), undefined);
});

test('callbacks that see tickets and make session ids come through C', (t) => {
  const steps = [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'SSL_CTX_set_max_proto_version', '$cc', 'TLS1_2_VERSION'),
    on('sc', 'ticket-generate', [step(null, 'SSL_get_session', '$@ssl')], 1),
    on('sc', 'ticket-decrypt', [step(null, 'SSL_SESSION_has_ticket', '$@session')], {
      SSL_TICKET_EMPTY: 'SSL_TICKET_RETURN_IGNORE_RENEW',
      SSL_TICKET_NO_DECRYPT: 'SSL_TICKET_RETURN_IGNORE',
      SSL_TICKET_SUCCESS: 'SSL_TICKET_RETURN_USE_RENEW',
      SSL_TICKET_SUCCESS_RENEW: 'SSL_TICKET_RETURN_USE',
    }),
    step('c', 'SSL_new', '$cc'),
    step('s', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c', '$s'),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step(null, 'sim_close', '$c', '$s'),
    step('d', 'SSL_new', '$cc'),
    step('e', 'SSL_new', '$sc'),
    step(null, 'SSL_set_session', '$d', '$x'),
    step(null, 'sim_pair', '$d', '$e'),
    step(null, 'sim_handshake', '$d', '$e'),
    step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
    on('sc', 'generate-id', [], { hex: '11'.repeat(32) }),
    ...[0, { hex: '22'.repeat(40) }, { hex: '33'.repeat(5) }, undefined].flatMap((id, number) => [
      step(`f${number}`, 'SSL_new', '$cc'),
      step(`g${number}`, 'SSL_new', '$sc'),
      ...(id === undefined ? [] : [on(`g${number}`, 'generate-id', [step(null, 'SSL_in_before', '$@ssl')], id)]),
      step(null, 'sim_pair', `$f${number}`, `$g${number}`),
      step(null, 'sim_handshake', `$f${number}`, `$g${number}`),
      step(`y${number}`, 'SSL_get1_session', `$g${number}`),
      step(null, 'SSL_SESSION_get_id', `$y${number}`),
    ]),
  ];
  t.is(differs(program(steps, '3.0'), 'tickets'), undefined);
});

test('a misuse in the body of a callback is refused by name', (t) => {
  const steps = [
    step('c', 'SSL_CTX_new', 'TLS_method'),
    step('a', 'SSL_SESSION_new'),
    step(null, 'SSL_SESSION_set1_id', '$a', { hex: '01' }),
    on('c', 'remove', [step(null, 'SSL_SESSION_free', '$nobody')]),
    step(null, 'SSL_CTX_remove_session', '$c', '$a'),
  ];
  t.throws(() => exportC(program(steps, '3.0')), {
    instanceOf: ExportError,
    message: /steps\[4\]: a misuse \(unbound\)/,
  });
});

test('a misuse ends the test where it ends the program, with its line', (t) => {
  const value = program([...connected, step(null, 'SSL_free', '$c'), step(null, 'SSL_clear', '$c')], '3.0');
  const { lines, status } = printed(value, 'misuse');
  const stack = agents.open('3.0');
  const agent = [...runProgram(parseProgram(value), stack)].map(writeLine);
  stack.end();
  t.is(status, 1);
  t.is(lines.at(-1), agent.at(-1));
  t.regex(lines.at(-1) ?? '', /use-after-free/);
});

test('the command writes the file, and says what it cannot write', async (t) => {
  const value = JSON.stringify(program(pair(), '3.5'));
  const out = join(folder, 'out.c');
  t.deepEqual(await simtls(['program', 'export', '--c', '-', '--out', out], value), { code: 0, out: '', err: '' });
  const said = await simtls(['program', 'export', '--c', '-'], value);
  t.is(said.code, 0);
  t.regex(said.out, /of OpenSSL 3\.5\./);
  t.regex((await simtls(['program', 'export', '--c', '-', '--profile', '1.1.1'], value)).out, /of OpenSSL 1\.1\.1\./);
  const without = await simtls(['program', 'export', '-'], value);
  t.is(without.code, 2);
  t.regex(without.err, /--c/);
  const nowhere = await simtls(['program', 'export', '--c', '-', '--out', join(folder, 'no', 'such.c')], value);
  t.is(nowhere.code, 2);
  t.regex(nowhere.err, /cannot write/);
});

test('what C cannot say is refused by name', (t) => {
  const error = new ExportError('steps[3]', 'sim_x cannot be said in C');
  t.is(error.message, 'steps[3]: sim_x cannot be said in C');
  t.is(statementsOf('sim_x'), undefined);
});
