/** Callbacks that ask in the middle of a call, on the model and on real OpenSSL. */
import test from 'ava';
import {
  type ArgumentValue,
  type CallbackAnswer,
  type LibsslPool,
  type ObjectId,
  type OnCallback,
  openModel,
  type ReturnValue,
  type Stack,
  type StackAnswer,
  type StackCallback,
} from '../../sim/stacks/index.js';
import { openRunning, runningProfile } from './_programs.js';

let pool: LibsslPool;
test.before(() => {
  pool = openRunning();
});
test.after.always(() => pool.close());

/** Calls of one stack, and what its callbacks were asked. */
class Bench {
  readonly stack: Stack;
  readonly asked: StackCallback[] = [];

  constructor(stack: Stack) {
    this.stack = stack;
  }

  perform(call: string, args: readonly ArgumentValue[], onCallback?: OnCallback): StackAnswer {
    const listening: OnCallback | undefined =
      onCallback &&
      ((asked) => {
        this.asked.push(asked);
        return onCallback(asked);
      });
    return this.stack.perform({ call, args, watch: [], owned: [] }, listening);
  }

  make(call: string, ...args: readonly ArgumentValue[]): { readonly object: ObjectId } {
    const { ret } = this.perform(call, args);
    if (!isObject(ret)) throw new Error(`${call} made nothing`);
    return { object: ret.object };
  }

  /** A client and a server of TLS 1.2, joined; `configure` sees the contexts before the connections are made. */
  pair(configure: (client: { object: ObjectId }, server: { object: ObjectId }) => void) {
    const cc = this.make('SSL_CTX_new', { word: 'TLS_client_method' });
    const sc = this.make('SSL_CTX_new', { word: 'TLS_server_method' });
    this.perform('sim_use_certificate', [sc]);
    this.perform('SSL_CTX_set_max_proto_version', [sc, 0x303]);
    configure(cc, sc);
    return { cc, sc, ...this.again({ cc, sc }) };
  }

  again({ cc, sc }: { cc: { object: ObjectId }; sc: { object: ObjectId } }) {
    const [c, s] = [this.make('SSL_new', cc), this.make('SSL_new', sc)];
    this.perform('sim_pair', [c, s]);
    return { c, s };
  }
}

function isObject(
  value: ReturnValue,
): value is { readonly object: ObjectId; readonly kind: 'ctx' | 'ssl' | 'session' } {
  return typeof value === 'object' && value !== null && 'object' in value;
}

function answer(ret: CallbackAnswer['ret'], more: Partial<CallbackAnswer> = {}): CallbackAnswer {
  return { ret, owned: [], ...more };
}

const id = (byte: number) => ({ bytes: new Uint8Array(32).fill(byte) });

/** Runs on both stacks, and holds what the one gives against the other. */
function both<T>(run: (bench: Bench) => T): { readonly model: T; readonly libssl: T } {
  const [model, libssl] = [openModel({ profile: runningProfile }), pool.open()].map((stack) => {
    try {
      return run(new Bench(stack));
    } finally {
      stack.end();
    }
  }) as [T, T];
  return { model, libssl };
}

test('calls made inside a callback are made in the middle of the call', (t) => {
  const run = (bench: Bench) => {
    const ctx = bench.make('SSL_CTX_new', { word: 'TLS_method' });
    const sessions = [1, 2].map((byte) => {
      const session = bench.make('SSL_SESSION_new');
      bench.perform('SSL_SESSION_set1_id', [session, id(byte)]);
      bench.perform('SSL_CTX_add_session', [ctx, session]);
      return session;
    });
    const [a, b] = sessions as [{ object: ObjectId }, { object: ObjectId }];
    bench.perform('sim_on', [ctx, { word: 'remove' }]);
    const inner: StackAnswer[] = [];
    const outer = bench.perform('SSL_CTX_remove_session', [ctx, a], () => {
      if (inner.length === 0) {
        const nested = bench.stack.perform(
          { call: 'SSL_CTX_remove_session', args: [ctx, b], watch: [ctx.object], owned: [] },
          (asked) => {
            bench.asked.push(asked);
            return answer(null);
          },
        );
        inner.push(nested);
      }
      return answer(null);
    });
    return { asked: bench.asked, inner, outer };
  };
  const { model, libssl } = both(run);
  t.deepEqual(model, libssl);
  t.is(model.outer.ret, 1);
  t.is(model.inner[0]?.ret, 1);
  t.deepEqual(
    model.asked.map(({ callback, session, events }) => ({ callback, session, events: events.length })),
    [
      { callback: 'remove', session: 2, events: 1 },
      { callback: 'remove', session: 3, events: 1 },
    ],
  );
});

test('errors of the call under way stay out of the callback, and those of the callback out of the call', (t) => {
  const run = (bench: Bench) => {
    const { c, s } = bench.pair((_cc, sc) => {
      bench.perform('sim_on', [sc, { word: 'servername' }]);
    });
    bench.perform('SSL_set_tlsext_host_name', [c, { text: 'a.test' }]);
    const inner: (readonly string[])[] = [];
    const outer = bench.perform('sim_handshake', [c, s], () => {
      const refused = bench.perform('SSL_set_session_id_context', [s, { bytes: new Uint8Array(33) }]);
      inner.push(refused.errors);
      return answer(2); // SSL_TLSEXT_ERR_ALERT_FATAL
    });
    return { asked: bench.asked, inner, outer };
  };
  const { model, libssl } = both(run);
  t.deepEqual(model, libssl);
  t.is(model.inner.length, 1);
  t.regex(model.inner[0]?.join() ?? '', /session id context too long/i);
  t.notRegex(model.outer.errors.join(), /too long/);
  t.deepEqual(model.asked[0]?.args, [{ text: 'a.test' }]);
});

test('a callback that throws ends the call for who made it, and the stack can still be ended', (t) => {
  const gone = new Error('gone');
  const run = (bench: Bench) => {
    const { c, s } = bench.pair((_cc, sc) => {
      bench.perform('sim_on', [sc, { word: 'get' }]);
      bench.perform('sim_on', [sc, { word: 'servername' }]);
    });
    t.throws(
      () =>
        bench.perform('sim_handshake', [c, s], () => {
          throw gone;
        }),
      { is: gone },
    );
  };
  both(run);
  // The agent is used again.
  both((bench) => bench.make('SSL_SESSION_new'));
});

test('a servername callback switches contexts', (t) => {
  const run = (bench: Bench) => {
    let other = { object: 0 };
    const { c, s } = bench.pair((_cc, sc) => {
      other = bench.make('SSL_CTX_new', { word: 'TLS_server_method' });
      bench.perform('sim_use_certificate', [other]);
      bench.perform('sim_on', [sc, { word: 'servername' }]);
    });
    bench.perform('SSL_set_tlsext_host_name', [c, { text: 'b.test' }]);
    const { ret } = bench.perform('sim_handshake', [c, s], () => {
      bench.perform('SSL_set_SSL_CTX', [s, other]);
      return answer(0);
    });
    const [shot] = bench.stack.look([other.object]);
    return { ret, shot };
  };
  const { model, libssl } = both(run);
  t.deepEqual(model, libssl);
  t.is(model.ret, 'ok');
  t.is(model.shot?.refs, 2);
});

test('a ticket key callback seals and opens tickets with keys that are not the context’s', (t) => {
  const keys = {
    name: new Uint8Array(16).fill(7),
    hmacKey: new Uint8Array(32).fill(8),
    aesKey: new Uint8Array(32).fill(9),
  };
  const run = (bench: Bench) => {
    const made = bench.pair((_cc, sc) => {
      bench.perform('sim_on', [sc, { word: 'ticket-key' }]);
    });
    const give: OnCallback = () => answer(1, { keys });
    bench.perform('sim_handshake', [made.c, made.s], give);
    const session = bench.make('SSL_get1_session', made.c);
    const { c, s } = bench.again(made);
    bench.perform('SSL_set_session', [c, session]);
    const { ret } = bench.perform('sim_handshake', [c, s], give);
    return { ret, reused: bench.perform('SSL_session_reused', [c]).ret, asked: bench.asked.map(({ args }) => args) };
  };
  const { model, libssl } = both(run);
  t.deepEqual(model, libssl);
  t.is(model.reused, 1);
  t.deepEqual(model.asked, [[null], [{ bytes: keys.name }]]);
});

test('without anybody to ask, a callback answers as if there were none', (t) => {
  const run = (bench: Bench) => {
    const { c, s } = bench.pair((cc, sc) => {
      for (const word of ['new', 'remove']) bench.perform('sim_on', [cc, { word }]);
      for (const word of ['new', 'remove', 'get', 'servername', 'not-resumable'])
        bench.perform('sim_on', [sc, { word }]);
    });
    return bench.perform('sim_handshake', [c, s]).ret;
  };
  const { model, libssl } = both(run);
  t.is(model, 'ok');
  t.is(libssl, 'ok');
});
