/** Each defect does what its row says when it is on, and nothing when it is off. */
import test from 'ava';
import { type DefectName, libssl, MemoryTransport, type StackEvent, testCredentials, UseAfterFree } from 'simtls';

const tls12 = 0x0303;

function instance(defects: readonly DefectName[], emit: (event: StackEvent) => void = () => {}) {
  return libssl({ profile: '3.0', seed: 'defects', crypto: 'fast', defects, emit });
}

test('evict-callback-after-free: the remove callback reads a dead session, with the defect alone', (t) => {
  const evict = (defects: readonly DefectName[]) => {
    const calls = instance(defects);
    const ctx = calls.SSL_CTX_new(calls.TLS_client_method())!;
    calls.SSL_CTX_sess_set_cache_size(ctx, 1);
    calls.SSL_CTX_sess_set_remove_cb(ctx, (_, session) => calls.SSL_SESSION_get_id(session));
    for (const id of [1, 2]) {
      const session = calls.SSL_SESSION_new()!;
      calls.SSL_SESSION_set1_id(session, Uint8Array.of(id));
      calls.SSL_CTX_add_session(ctx, session);
      calls.SSL_SESSION_free(session);
    }
    return calls.SSL_CTX_sess_number(ctx);
  };
  t.is(evict([]), 1);
  t.throws(() => evict(['evict-callback-after-free']), { instanceOf: UseAfterFree });
});

test('bad-ticket-leak: each ticket whose MAC does not fit leaves one session behind, with the defect alone', (t) => {
  const sessionsLeft = (defects: readonly DefectName[]): number => {
    const alive = new Set<number>();
    const calls = instance(defects, (event) => {
      if (event.kind === 'made' && event.type === 'session') alive.add(event.object);
      if (event.kind === 'freed') alive.delete(event.object);
    });
    const clientCtx = calls.SSL_CTX_new(calls.TLS_client_method())!;
    const serverCtx = calls.SSL_CTX_new(calls.TLS_server_method())!;
    calls.SSL_CTX_set_max_proto_version(clientCtx, tls12);
    calls.SSL_CTX_use_credential(serverCtx, testCredentials['ec-p256']);
    const connect = (offered: Parameters<typeof calls.SSL_set_session>[1]) => {
      const client = calls.SSL_new(clientCtx)!;
      const server = calls.SSL_new(serverCtx)!;
      const [a, b] = MemoryTransport.pair();
      calls.SSL_set_transport(client, a);
      calls.SSL_set_transport(server, b);
      calls.SSL_set_connect_state(client);
      calls.SSL_set_accept_state(server);
      calls.SSL_set_session(client, offered);
      for (let round = 0; round < 3; round += 1) {
        calls.SSL_do_handshake(client);
        calls.SSL_do_handshake(server);
      }
      t.is(calls.SSL_state(client), 'ok');
      const session = calls.SSL_get1_session(client)!;
      calls.SSL_free(client);
      calls.SSL_free(server);
      return session;
    };
    const good = connect(null);
    const spoiled = calls.d2i_SSL_SESSION(calls.i2d_SSL_SESSION(good))!;
    spoiled.ticket!.fill(0, spoiled.ticket!.length - 1);
    spoiled.ticket![spoiled.ticket!.length - 1] = good.ticket!.at(-1)! ^ 1;
    for (const session of [good, connect(spoiled), spoiled]) calls.SSL_SESSION_free(session);
    calls.SSL_CTX_free(clientCtx);
    calls.SSL_CTX_free(serverCtx);
    return alive.size;
  };
  t.is(sessionsLeft([]), 0);
  t.is(sessionsLeft(['bad-ticket-leak']), 1);
});
