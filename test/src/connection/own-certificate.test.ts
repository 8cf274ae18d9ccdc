/** The certificate of a connection that goes to another context, or shares that of another connection. */
import test from 'ava';
import { LibraryCrash, profileNames, type Ssl } from '../../../src/index.js';
import { Bench, tls13 } from '../../_bench.js';

for (const profile of profileNames) {
  /** A pair whose server goes to another context as soon as its certificate is chosen; `shared`: with another connection. */
  const leaving = ({ shared }: { readonly shared: boolean }): { readonly b: Bench; readonly run: () => string } => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc, host] = [b.ctx({ version: tls13 }), b.serverCtx('id', { version: tls13 }), b.serverCtx('id')];
    L.SSL_CTX_set_not_resumable_session_callback(sc, (ssl) => {
      L.SSL_set_SSL_CTX(ssl as Ssl, host);
      return 0;
    });
    const other = L.SSL_new(sc);
    const ends = b.pair(cc, sc);
    if (shared && other !== null) L.SSL_copy_session_id(ends.s, other);
    return { b, run: () => b.shake(ends) };
  };

  test(`${profile}: a chosen certificate that its context takes along is freed memory, unless another connection has it too`, (t) => {
    t.throws(leaving({ shared: false }).run, { instanceOf: LibraryCrash });
    t.is(leaving({ shared: true }).run(), 'ok');
  });

  test(`${profile}: going back to its context by NULL, a connection takes the certificate that was set meanwhile`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [sc, made] = [b.ctx(), b.serverCtx('id')];
    const ends = b.pair(b.ctx(), sc);
    L.SSL_CTX_use_credential(sc, made.credential ?? t.fail());
    t.is(L.SSL_set_SSL_CTX(ends.s, sc), sc);
    t.is(ends.s.credential, undefined);
    t.is(L.SSL_set_SSL_CTX(ends.s, null), sc);
    t.is(b.shake(ends), 'ok');
  });
}
