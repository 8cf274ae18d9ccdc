import test from 'ava';
import { isObservation, parseProgram, runProgram } from '../../sim/program/index.js';
import { openModel, profiles, type Stack } from '../../sim/stacks/index.js';
import { openRunning, runningProfile, step } from './_programs.js';

interface Settings {
  readonly tls: '1.2' | '1.3';
  readonly noTicket: boolean;
  readonly noTicketAtClient: boolean;
  readonly noneOfThem: boolean;
  readonly off: boolean;
  readonly sizeZero: boolean;
}

const either = [false, true];
const all: readonly Settings[] = (['1.2', '1.3'] as const).flatMap((tls) =>
  either.flatMap((noTicket) =>
    either.flatMap((noTicketAtClient) =>
      either.flatMap((noneOfThem) =>
        either.flatMap((off) =>
          either.map((sizeZero) => ({ tls, noTicket, noTicketAtClient, noneOfThem, off, sizeZero })),
        ),
      ),
    ),
  ),
);

/** docs/manual-and-openssl.md, "What disables resumption". */
function resumes({ tls, noTicket, noTicketAtClient, noneOfThem, off }: Settings): boolean {
  if (tls === '1.3') return !noneOfThem && !(noTicket && off);
  return (!noTicket && !noTicketAtClient) || !off;
}

/** Whether the second of two connections is resumed on a stack, which is then ended. */
function resumed(settings: Settings, stack: Stack): boolean {
  const when = (set: boolean, call: string, ...args: readonly unknown[]) => (set ? [step(null, call, ...args)] : []);
  const connection = (n: number, before: readonly object[]) => [
    step(`c${n}`, 'SSL_new', '$cc'),
    step(`s${n}`, 'SSL_new', '$sc'),
    ...before,
    step(null, 'sim_pair', `$c${n}`, `$s${n}`),
    step(null, 'sim_handshake', `$c${n}`, `$s${n}`),
  ];
  const steps = [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    ...when(settings.tls === '1.2', 'SSL_CTX_set_max_proto_version', '$sc', 'TLS1_2_VERSION'),
    ...when(settings.noTicket, 'SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
    ...when(settings.noTicketAtClient, 'SSL_CTX_set_options', '$cc', 'SSL_OP_NO_TICKET'),
    ...when(settings.noneOfThem, 'SSL_CTX_set_num_tickets', '$sc', 0),
    ...when(settings.off, 'SSL_CTX_set_session_cache_mode', '$sc', 'SSL_SESS_CACHE_OFF'),
    ...when(settings.sizeZero, 'SSL_CTX_sess_set_cache_size', '$sc', 0),
    ...connection(1, []),
    step('x', 'SSL_get1_session', '$c1'),
    step(null, 'sim_close', '$c1', '$s1'),
    ...connection(2, [step(null, 'SSL_set_session', '$c2', '$x')]),
    step(null, 'SSL_session_reused', '$c2'),
  ];
  const { profile } = stack;
  try {
    const text = JSON.stringify({ format: 'simtls-program/1', profile, steps });
    const last = [...runProgram(parseProgram(text, { profile }), stack)].at(-1);
    return last !== undefined && isObservation(last) && last.ret === 1;
  } finally {
    stack.end();
  }
}

for (const profile of profiles) {
  test(`what disables resumption on the model of ${profile}, in each combination`, (t) => {
    for (const one of all) t.is(resumed(one, openModel({ profile })), resumes(one), JSON.stringify(one));
  });
}

test('what disables resumption on the OpenSSL of this node, in each combination', (t) => {
  const pool = openRunning();
  t.teardown(() => pool.close());
  for (const one of all) t.is(resumed(one, pool.open()), resumes(one), `${runningProfile} ${JSON.stringify(one)}`);
});
