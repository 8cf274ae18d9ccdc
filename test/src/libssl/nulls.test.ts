/** Rows of the corpus that the format of programs cannot say: a NULL that it does not pass, and a hash that it does not compute. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { isObservation, libsslSource, parseProgram, runProgram } from '../../../sim/program/index.js';
import { openModel, type Stack } from '../../../sim/stacks/index.js';
import { fastCrypto, libssl, profileNames } from '../../../src/index.js';
import type { NullAnswers } from '../../_libssl/null-cases.js';
import { nodeOf } from '../../_lines.js';
import { pair, program, step } from '../../sim/_programs.js';

const script = fileURLToPath(new URL('../../_libssl/nulls-on-libssl.js', import.meta.url));
const source = libsslSource({}, () => {});
test.after.always(() => source.close());

function answersOfModel(profile: (typeof profileNames)[number]): NullAnswers {
  const L = libssl({ profile, seed: 'nulls' });
  const ctx = L.SSL_CTX_new(L.TLS_method())!;
  const other = L.SSL_CTX_new(L.TLS_method())!;
  const ssl = L.SSL_new(ctx)!;
  L.SSL_set_SSL_CTX(ssl, other);
  return {
    connection: [L.SSL_new(null), ...L.takeErrors()],
    context: [L.SSL_CTX_new(null), ...L.takeErrors()],
    backToItsOwn: L.SSL_set_SSL_CTX(ssl, null) === ctx,
    numbers: [
      L.SSL_CTX_sess_number(null),
      L.SSL_CTX_set_session_cache_mode(null, 3),
      L.SSL_CTX_sess_set_cache_size(null, 5),
      L.SSL_CTX_get_session_cache_mode(null),
      L.SSL_CTX_sess_get_cache_size(null),
    ].map(Number),
  };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Of a client after its handshake: the ticket and the id of its session. */
function ticketAndId(stack: Stack, version: string): readonly (string | undefined)[] {
  const steps = [
    ...pair({ version }),
    step(null, 'sim_handshake', '$c', '$s'),
    step('x', 'SSL_get1_session', '$c'),
    step(null, 'SSL_SESSION_get0_ticket', '$x'),
    step(null, 'SSL_SESSION_get_id', '$x'),
  ];
  const lines = [...runProgram(parseProgram(program(steps, stack.profile)), stack)];
  stack.end();
  return lines.slice(-2).map((line) => (isObservation(line) && typeof line.ret === 'string' ? line.ret : undefined));
}

for (const profile of profileNames) {
  const node = nodeOf(profile);

  test(`${profile}: NULL in place of a context or a method (A03, A17, F19)`, (t) => {
    const answers = answersOfModel(profile);
    t.deepEqual(answers, {
      connection: [null, 'null ssl ctx'],
      context: [null, 'null ssl method passed'],
      backToItsOwn: true,
      numbers: [0, 0, 0, 0, 0],
    });
    if (node === undefined) {
      t.log(`OpenSSL of the line ${profile} is not there (npm run openssl): nothing to compare with`);
      return;
    }
    const run = spawnSync(node, [script], { timeout: 60_000 });
    t.is(run.status, 0, String(run.stderr));
    t.deepEqual(JSON.parse(String(run.stdout)), answers);
  });

  test(`${profile}: a client's id of a session with a ticket is the hash of the ticket (K05)`, (t) => {
    for (const version of ['TLS1_2_VERSION', 'TLS1_3_VERSION']) {
      const stacks: Stack[] = [openModel({ profile }), ...(node === undefined ? [] : [source.open(profile)])];
      for (const stack of stacks) {
        const [ticket = '', id] = ticketAndId(stack, version);
        t.true(ticket.length > 64, stack.name);
        const bytes = Buffer.from(ticket, 'hex');
        // Programs run on the model with its quick cryptography, whose hash is another.
        const hash = stack.name === 'model' ? Buffer.from(fastCrypto().hash('sha256', bytes)) : sha256(bytes);
        t.is(id, hash.toString('hex'), `${stack.name} ${version}`);
      }
    }
  });
}
