/** The calls that grew out of the first format: early data, cipher lists, fields of sessions, what becomes of bytes under way. */
import test from 'ava';
import {
  diffProgram,
  isObservation,
  type Line,
  libsslSource,
  ProgramError,
  parseProgram,
  runProgram,
} from '../../sim/program/index.js';
import { openModel, type Profile, profiles, StackUnable } from '../../sim/stacks/index.js';
import { linesThere } from '../_lines.js';
import { pair, program, step } from './_programs.js';

const source = libsslSource({}, () => {});
const there = new Set(linesThere());
test.after.always(() => source.close());

/** What the model gives, once real OpenSSL of that line, where it is here, has given the same. */
function agreed(steps: readonly unknown[], profile: Profile): readonly Line[] {
  const parsed = parseProgram(program(steps, profile));
  if (there.has(profile)) {
    const libssl = source.open(profile);
    const difference = diffProgram(parsed, { model: openModel({ profile }), libssl });
    libssl.end();
    if (difference !== null) throw new Error(`${profile}: ${JSON.stringify(difference)}`);
  }
  return [...runProgram(parsed, openModel({ profile }))];
}

/** `ret` and `errors` of the steps behind the first ones. */
function behind(count: number, seen: readonly Line[]): readonly unknown[] {
  return seen.slice(count).map((line) => (isObservation(line) ? [line.ret, line.errors] : line));
}

const connect = pair({ version: '0' }).map((one) =>
  one['call'] === 'SSL_CTX_set_max_proto_version' ? step(null, 'SSL_CTX_set_max_early_data', '$sc', 1000) : one,
);
const shaken = [...connect, step(null, 'sim_handshake', '$c', '$s')];

for (const profile of profiles) {
  test(`${profile}: early data is read before the handshake is over, and both ends know that it was accepted`, (t) => {
    const steps = [
      ...shaken,
      step('x', 'SSL_get1_session', '$c'),
      step(null, 'sim_close', '$c', '$s'),
      step('d', 'SSL_new', '$cc'),
      step('e', 'SSL_new', '$sc'),
      step(null, 'sim_pair', '$d', '$e'),
      step(null, 'SSL_set_session', '$d', '$x'),
      step(null, 'SSL_write_early_data', '$d', { text: 'early' }),
      step(null, 'SSL_read_early_data', '$e', 100),
      step(null, 'SSL_read_early_data', '$e'),
      step(null, 'sim_handshake', '$d', '$e'),
      step(null, 'SSL_get_early_data_status', '$d'),
      step(null, 'SSL_get_early_data_status', '$e'),
    ];
    t.deepEqual(behind(shaken.length + 6, agreed(steps, profile)), [
      [1, []],
      [[1, '6561726c79'], []],
      [[0, ''], ['SSL_ERROR_WANT_READ']],
      ['ok', []],
      [2, []],
      [2, []],
    ]);
  });

  test(`${profile}: who writes too much early data says so, which 1.1.1 and 3.0 do in plain text alone`, (t) => {
    const steps = [
      ...connect.map((one) =>
        one['call'] === 'SSL_CTX_set_max_early_data' ? step(null, 'SSL_CTX_set_max_early_data', '$sc', 4) : one,
      ),
      step(null, 'sim_handshake', '$c', '$s'),
      step('x', 'SSL_get1_session', '$c'),
      step(null, 'SSL_CTX_set_max_early_data', '$sc', 0),
      step('d', 'SSL_new', '$cc'),
      step('e', 'SSL_new', '$sc'),
      step(null, 'sim_pair', '$d', '$e'),
      step(null, 'SSL_set_session', '$d', '$x'),
      step(null, 'SSL_write_early_data', '$d', { text: 'early' }),
      step(null, 'SSL_do_handshake', '$e'),
      step(null, 'SSL_do_handshake', '$e'),
    ];
    const seen = behind(shaken.length + 6, agreed(steps, profile));
    t.deepEqual(seen[0], [0, ['too much early data', 'SSL_ERROR_SSL']]);
    const heard = ['tlsv1 alert internal error', 'SSL_ERROR_SSL'];
    t.deepEqual((seen.at(-2) as [number, string[]])[1], profile === '3.5' ? ['SSL_ERROR_WANT_READ'] : heard);
  });

  test(`${profile}: the calls for early data give a connection its side where it has none`, (t) => {
    const steps = [
      step('ctx', 'SSL_CTX_new', 'TLS_method'),
      step('s', 'SSL_new', '$ctx'),
      step(null, 'SSL_read_early_data', '$s', 5),
      step(null, 'SSL_do_handshake', '$s'),
      step('cc', 'SSL_CTX_new', 'TLS_client_method'),
      step('c', 'SSL_new', '$cc'),
      step(null, 'SSL_write_early_data', '$c', { text: 'x' }),
    ];
    t.deepEqual(behind(2, agreed(steps, profile)), [
      [[0, ''], ['SSL_ERROR_WANT_READ']],
      [-1, ['SSL_ERROR_WANT_READ']],
      ['cc', []],
      ['c', []],
      [0, ['called a function you should not call', 'SSL_ERROR_SSL']],
    ]);
  });

  test(`${profile}: a ChangeCipherSpec behind the handshake ends a connection, but for clients of 3.5`, (t) => {
    const poked = (ssl: string): readonly unknown[] => [
      ...shaken,
      step(null, 'sim_inject', ssl, { hex: '140303000101' }),
      step(null, 'SSL_read', ssl),
    ];
    const refused = profile === '3.5' ? ['bad record type', 'record layer failure'] : ['bad record type'];
    const waits = [[-1, ''], ['SSL_ERROR_WANT_READ']];
    const ends = [
      [-1, ''],
      [...refused, 'SSL_ERROR_SSL'],
    ];
    t.deepEqual(behind(shaken.length + 1, agreed(poked('$s'), profile)), [ends]);
    t.deepEqual(behind(shaken.length + 1, agreed(poked('$c'), profile)), [profile === '3.5' ? waits : ends]);
    // The keys that the server's update brings belong to no first handshake.
    const updated = [...shaken, step(null, 'SSL_key_update', '$s', 'SSL_KEY_UPDATE_NOT_REQUESTED')];
    const exchanged = [...updated, step(null, 'sim_exchange', '$s', '$c')];
    const late = [...exchanged, step(null, 'sim_inject', '$c', { hex: '140303000101' }), step(null, 'SSL_read', '$c')];
    t.deepEqual(behind(exchanged.length + 1, agreed(late, profile)), [ends]);
  });

  test(`${profile}: a full transport holds a close_notify back, and the session stays good`, (t) => {
    const steps = [
      ...shaken,
      step('x', 'SSL_get1_session', '$c'),
      step(null, 'sim_capacity', '$c', 5),
      step(null, 'SSL_shutdown', '$c'),
      step(null, 'SSL_shutdown', '$c'),
      step(null, 'sim_capacity', '$c', 1000),
      step(null, 'SSL_shutdown', '$c'),
      step(null, 'SSL_free', '$c'),
      step(null, 'SSL_SESSION_is_resumable', '$x'),
    ];
    const wants = [-1, ['SSL_ERROR_WANT_WRITE']];
    t.deepEqual(behind(shaken.length + 2, agreed(steps, profile)), [
      wants,
      wants,
      [1, []],
      [0, []],
      [null, []],
      [1, []],
    ]);
  });

  test(`${profile}: bytes arrive by hand, and a transport that fails is no end of file`, (t) => {
    const steps = [
      ...shaken,
      step(null, 'sim_deliver', '$s', 4),
      step(null, 'SSL_write', '$c', { text: 'hello' }),
      step(null, 'SSL_read', '$s'),
      step(null, 'sim_deliver', '$s', 1000),
      step(null, 'SSL_read', '$s'),
      step(null, 'sim_break', '$c'),
      step(null, 'SSL_read', '$c'),
      step(null, 'SSL_write', '$c', { text: 'x' }),
      step(null, 'SSL_get_shutdown', '$c'),
    ];
    t.deepEqual(behind(shaken.length + 2, agreed(steps, profile)), [
      [[-1, ''], ['SSL_ERROR_WANT_READ']],
      [1, []],
      [[5, '68656c6c6f'], []],
      [1, []],
      [[-1, ''], ['SSL_ERROR_SYSCALL']],
      [-1, ['SSL_ERROR_SYSCALL']],
      [0, []],
    ]);
  });

  test(`${profile}: rules of a cipher list add, delete, kill and order, and one that leaves nothing empties the list`, (t) => {
    const chosen = (rules: string): unknown => {
      const steps = [
        ...pair().slice(0, -1),
        step(null, 'SSL_set_cipher_list', '$c', { text: rules }),
        step(null, 'sim_pair', '$c', '$s'),
        step(null, 'sim_handshake', '$c', '$s'),
        step(null, 'SSL_get_current_cipher', '$c'),
      ];
      return behind(6, agreed(steps, profile)).map((one) => (one as readonly unknown[])[0]);
    };
    const [gcm128, gcm256, chacha, sha128] = [0x0300c02b, 0x0300c02c, 0x0300cca9, 0x0300c009];
    t.deepEqual(chosen('DEFAULT'), [1, 1, 'ok', gcm256]);
    t.deepEqual(chosen('DEFAULT:+AES256'), [1, 1, 'ok', chacha]);
    t.deepEqual(chosen('ALL:!AES256:-CHACHA20'), [1, 1, 'ok', gcm128]);
    t.deepEqual(chosen('AES128+SHA1,AES256'), [1, 1, 'ok', sha128]);
    t.deepEqual(chosen('AES128:AES256:@STRENGTH'), [1, 1, 'ok', gcm256]);
    t.deepEqual(chosen('unheard'), [0, 1, 'client failed', null]);
    t.deepEqual(chosen('ECDHE-ECDSA-AES128-SHA:!SHA1'), [0, 1, 'client failed', null]);
  });

  test(`${profile}: a key from elsewhere is taken; early data under it spoils the ticket that is offered beside it`, (t) => {
    const key = [
      step('k', 'SSL_SESSION_new'),
      step(null, 'SSL_SESSION_set_protocol_version', '$k', 'TLS1_3_VERSION'),
      step(null, 'SSL_SESSION_set_cipher', '$k', 'TLS1_3_CK_AES_256_GCM_SHA384'),
      step(null, 'SSL_SESSION_set1_master_key', '$k', { hex: '6b'.repeat(32) }),
      step(null, 'SSL_SESSION_set_max_early_data', '$k', 100),
      step(null, 'sim_psk', '$cc', { text: 'key' }, '$k'),
      step(null, 'sim_psk', '$sc', { text: 'key' }, '$k'),
    ];
    const next = [step('d', 'SSL_new', '$cc'), step('e', 'SSL_new', '$sc'), step(null, 'sim_pair', '$d', '$e')];
    const alone = [...pair({ version: '0' }).slice(0, 3), ...key, ...next];
    const taken = agreed([...alone, step(null, 'sim_handshake', '$d', '$e')], profile).at(-1);
    if (taken === undefined || !isObservation(taken)) throw new Error('no observation');
    t.is(taken.ret, 'ok');
    t.like(taken.handles.get('d'), { reused: 1 });
    // 'SSL_OP_NO_TICKET': the server looks for the ticket in its cache, and finds it before it looks at the key
    const beside = [
      ...connect,
      step(null, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
      step(null, 'SSL_set_options', '$s', 'SSL_OP_NO_TICKET'),
      step(null, 'SSL_set_max_early_data', '$s', 0),
      step(null, 'sim_handshake', '$c', '$s'),
      step('x', 'SSL_get1_session', '$c'),
      step(null, 'sim_close', '$c', '$s'),
      ...key,
      ...next,
      step(null, 'SSL_set_session', '$d', '$x'),
      step(null, 'SSL_write_early_data', '$d', { text: 'early' }),
      step(null, 'SSL_do_handshake', '$e'),
      step(null, 'SSL_do_handshake', '$d'),
    ];
    const [[ret, errors]] = behind(beside.length - 1, agreed(beside, profile)) as [[number, string[]]];
    t.is(ret, -1);
    t.is(errors[0], 'decryption failed or bad record mac');
  });

  test(`${profile}: a virtual host by name; 3.5 counts what it accepts in the context before the switch`, (t) => {
    const steps = [
      ...connect,
      step('host', 'SSL_CTX_new', 'TLS_server_method'),
      step(null, 'sim_use_certificate', '$host'),
      step(null, 'sim_virtual_host', '$sc', { text: 'a.example' }, '$host'),
      step(null, 'SSL_set_tlsext_host_name', '$c', { text: 'a.example' }),
      step(null, 'sim_handshake', '$c', '$s'),
    ];
    const line = agreed(steps, profile).at(-1);
    if (line === undefined || !isObservation(line)) throw new Error('no observation');
    t.is(line.ret, 'ok');
    const [accept, other] = profile === '3.5' ? [0, 1] : [1, 0];
    t.like(line.handles.get('host'), { stats: { accept, accept_good: 1 } });
    t.like(line.handles.get('sc'), { stats: { accept: other, accept_good: 0 } });
  });

  test(`${profile}: a protocol is chosen by the server's preference, and ex_data goes with what is copied`, (t) => {
    const steps = [
      ...pair().slice(0, 3),
      step(null, 'sim_alpn_select', '$sc', { text: 'h2,http/1.1' }),
      step(null, 'SSL_CTX_set_alpn_protos', '$cc', { text: 'http/1.1,h2' }),
      step('c', 'SSL_new', '$cc'),
      step('s', 'SSL_new', '$sc'),
      step(null, 'sim_pair', '$c', '$s'),
      step(null, 'sim_handshake', '$c', '$s'),
      step(null, 'SSL_get0_alpn_selected', '$c'),
      step(null, 'SSL_get0_alpn_selected', '$s'),
      step('d', 'SSL_new', '$cc'),
      step(null, 'sim_ex_data', 'ssl'),
      step(null, 'SSL_set_ex_data', '$d', 5),
      step('e', 'SSL_dup', '$d'),
      step(null, 'SSL_get_ex_data', '$e'),
    ];
    const seen = agreed(steps, profile);
    t.deepEqual(
      behind(9, seen).map((one) => (one as readonly unknown[])[0]),
      ['6832', '6832', 'd', 1, 1, 'e', 5],
    );
    const copied = seen.at(-2);
    t.deepEqual(copied !== undefined && isObservation(copied) ? copied.events : [], [
      { ex_data: 'new', of: 'ssl', value: 0 },
      { ex_data: 'dup', of: 'ssl', value: 5 },
    ]);
  });

  test(`${profile}: bytes are decoded into a session that is there, with no reference more, but not into a cached one`, (t) => {
    const steps = [
      ...shaken,
      step('x', 'SSL_get1_session', '$c'),
      step('der', 'i2d_SSL_SESSION', '$x'),
      step('y', 'SSL_SESSION_new'),
      step('z', 'd2i_SSL_SESSION', '$der', '$y'),
      step(null, 'SSL_SESSION_get0_cipher', '$y'),
      step(null, 'd2i_SSL_SESSION', { hex: '3000' }, '$y'),
      step(null, 'SSL_SESSION_get0_cipher', '$z'),
      step(null, 'SSL_CTX_add_session', '$cc', '$y'),
      step('w', 'd2i_SSL_SESSION', '$der', '$y'),
    ];
    const seen = agreed(steps, profile);
    const decoded = seen[shaken.length + 3];
    t.is(decoded !== undefined && isObservation(decoded) ? decoded.handles.get('y')?.refs : 0, 1);
    const cipher = 0x03001302;
    t.deepEqual(behind(shaken.length + 3, seen), [
      ['y', []],
      [cipher, []],
      [null, []],
      [cipher, []],
      [1, []],
      {
        step: shaken.length + 8,
        call: 'd2i_SSL_SESSION',
        misuse: 'in-cache',
        handle: 'y',
        held: [
          { holder: 'y', step: shaken.length + 2 },
          { holder: 'the cache of cc', step: shaken.length + 7 },
        ],
      },
    ]);
  });
}

test('arguments that no call takes are refused with the place', (t) => {
  const refused = (...args: Parameters<typeof step>): string =>
    t.throws(() => parseProgram(program([step(...args)])), { instanceOf: ProgramError }).message;
  t.regex(
    refused(null, 'SSL_SESSION_set_cipher', '$x', 0x1301),
    /^steps\[0\].args\[1\]: expected a cipher \(TLS1_3_CK_/,
  );
  t.regex(refused(null, 'SSL_SESSION_set_cipher', '$x', 'TLS1_3_CK_NONE'), /unknown constant/);
  t.regex(refused(null, 'SSL_CTX_set_alpn_protos', '$c', { text: 'h2,,' }), /expected protocols/);
  t.regex(refused(null, 'sim_capacity', '$c', -1), /expected 0 to 2147483647 bytes, found -1/);
  t.regex(refused(null, 'SSL_read_early_data', '$c', 65_537), /expected 0 to 65536 bytes/);
  t.regex(refused(null, 'sim_clock', 1, 1000), /expected 0 to 999 milliseconds/);
  t.regex(refused(null, 'SSL_set_ssl_method', '$c', 'DTLS_method'), /expected one of TLS_method, /);
  t.regex(refused('x', 'SSL_SESSION_get0_cipher', '$x'), /returns nothing to name/);
});

test('a cipher list of suites that the model does not speak is refused by name, not guessed', (t) => {
  const refusal = (rules: string): string => {
    const steps = [
      step('ctx', 'SSL_CTX_new', 'TLS_method'),
      step(null, 'SSL_CTX_set_cipher_list', '$ctx', { text: rules }),
    ];
    const run = (): unknown => [...runProgram(parseProgram(program(steps)), openModel({ profile: '3.0' }))];
    return t.throws(run, { instanceOf: StackUnable }).reason;
  };
  t.is(refusal('CAMELLIA'), 'needs cipher suites that the model does not speak: CAMELLIA');
  t.is(refusal('AES128-CCM'), 'needs cipher suites that the model does not speak: AES128-CCM');
  t.is(refusal('ALL:@SECLEVEL=2'), 'needs cipher suites that the model does not speak: @SECLEVEL=2');
});

test('ex_data may be met first within a callback, and the stack goes on after it', (t) => {
  const [profile] = there;
  if (profile === undefined) {
    t.pass('no OpenSSL is here');
    return;
  }
  const own = libsslSource({}, () => {});
  const libssl = own.open(profile);
  const body = { ...step(null, 'sim_on', '$sc', 'info'), steps: [step(null, 'SSL_set_ex_data', '$@ssl', 7)] };
  const parsed = parseProgram(program([...connect, body, step(null, 'sim_handshake', '$c', '$s')], profile));
  t.is(diffProgram(parsed, { model: openModel({ profile }), libssl }), null);
  t.notThrows(() => libssl.end(), 'what is freed now calls the functions of ex_data');
  own.close();
});
