import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { profileNames, type SslSession, testCredentials } from '../../../src/index.js';
import { Bench } from '../../_bench.js';
import { demand, demandedName, type NameAnswer, type NameCase, nameCases } from '../../_libssl/name-cases.js';
import { nodeOf } from '../../_lines.js';

const program = fileURLToPath(new URL('../../_libssl/names-on-libssl.js', import.meta.url));

/** What the model does. */
function answerOf(one: NameCase, profile: (typeof profileNames)[number]): NameAnswer {
  const b = new Bench(profile);
  const { L } = b;
  const version = one.tls === '1.2' ? 0x0303 : 0x0304;
  const context = (name: string) => {
    const ctx = b.serverCtx(one.tickets ? 'ticket' : 'id');
    L.SSL_CTX_set_max_proto_version(ctx, version);
    L.SSL_CTX_set_session_id_context(ctx, Buffer.from(one.idContextEach ? name : 'all'));
    return ctx;
  };
  const [own, open, closed] = [context('own'), context('open'), context('closed')];
  L.SSL_CTX_set_verify(closed, demand);
  L.SSL_CTX_set_tlsext_servername_callback(own, (ssl, name) => {
    const wanted = name === demandedName ? closed : name === 'open.test' ? open : undefined;
    if (wanted === undefined) return 'noack';
    L.SSL_set_SSL_CTX(ssl, wanted);
    if (one.takesVerify) L.SSL_set_verify(ssl, L.SSL_CTX_get_verify_mode(wanted));
    return 'ok';
  });
  const cc = b.ctx();
  L.SSL_CTX_set_max_proto_version(cc, 0x0304);
  const connect = (name: string, session?: SslSession) => {
    const { c, s } = b.pair(cc, own, session);
    const names = [L.SSL_get_servername(c)];
    L.SSL_set_tlsext_host_name(c, name);
    names.push(L.SSL_get_servername(c));
    for (let i = 0; i < 4; i += 1) for (const ssl of [c, s]) L.SSL_do_handshake(ssl);
    L.SSL_write(c, Uint8Array.of(1));
    const served = L.SSL_read(s, 1)[0] === 1;
    L.SSL_read(c, 1);
    const made = L.SSL_get1_session(c)!;
    names.push(L.SSL_get_servername(c), L.SSL_get_servername(s));
    if (served) for (const ssl of [c, s, c]) L.SSL_shutdown(ssl);
    return { made, answer: { reused: L.SSL_session_reused(c), served, names } };
  };
  const { made } = connect(one.firstName);
  return { withSession: connect(demandedName, made).answer, without: connect(demandedName).answer };
}

for (const profile of profileNames) {
  test(`${profile}: a session of one name resumes at another, whatever that asks of its clients, as on OpenSSL`, (t) => {
    const answers = nameCases.map((one) => answerOf(one, profile));
    for (const [i, { firstName, takesVerify, tls }] of nameCases.entries()) {
      const kept = tls === '1.2' && firstName === 'open.test' ? firstName : null; // the name of a session that resumes by it
      const resumed = tls === '1.2' ? [kept ?? demandedName, kept] : [demandedName, demandedName];
      t.deepEqual(answers[i]?.withSession, { reused: 1, served: true, names: [kept, demandedName, ...resumed] });
      const names = [null, demandedName, demandedName, demandedName];
      t.deepEqual(answers[i]?.without, { reused: 0, served: !takesVerify, names });
    }
    const node = nodeOf(profile);
    if (node === undefined) {
      t.log(`OpenSSL of the line ${profile} is not there (npm run openssl): nothing to compare with`);
      return;
    }
    const { chain, key } = testCredentials['ec-p256'];
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    const input = JSON.stringify({ cases: nameCases, certificate: base64(chain[0]!), key: base64(key.pkcs8) });
    const run = spawnSync(node, [program], { input, timeout: 60_000 });
    t.is(run.status, 0, String(run.stderr));
    t.deepEqual(JSON.parse(String(run.stdout)), answers);
  });
}
