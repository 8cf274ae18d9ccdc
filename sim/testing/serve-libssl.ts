/** A TLS server as code under test, whose SSL_CTX has callbacks of the user's: a session cache, ticket keys, or any other. */
import type { Duplex } from 'node:stream';
import { type Libssl, libssl, type ProfileName, type Ssl, type SslCtx, type Transport, testCredentials } from 'simtls';
import type { Code, CodeHost } from '../code/index.js';
import { TestingError } from './error.js';

export interface ServeOptions {
  readonly profile?: ProfileName;
  readonly port?: number;
  /** Called once a process: sets callbacks, sizes and modes by libssl's own calls. TLS 1.2 is what it allows where nothing is said. */
  readonly prepare: (calls: Libssl, ctx: SslCtx, host: CodeHost) => void;
}

/** What SSL_read is asked for: a whole record. */
const readBytesMax = 16_384;

/**
 * The code of a server host: it listens, takes every handshake, reads, and closes when its client does.
 * @throws TestingError
 */
export function serveLibssl({ profile = '3.0', port = 443, prepare }: ServeOptions): Code {
  if (typeof prepare !== 'function') {
    throw new TestingError(`serveLibssl: prepare is a function (calls, ctx, host), not ${String(prepare)}`);
  }
  return (host) => {
    const seed = host.randomBytes(16).toString('hex');
    const calls = libssl({ profile, seed, crypto: 'real', nowMs: () => host.clock.Date.now() });
    const ctx = calls.SSL_CTX_new(calls.TLSv1_2_server_method());
    if (ctx === null) throw new Error('no SSL_CTX');
    calls.SSL_CTX_use_credential(ctx, testCredentials['ec-p256']);
    prepare(calls, ctx, host);
    host.net.listen(port, (stream) => serve(calls, ctx, stream));
  };
}

function serve(calls: Libssl, ctx: SslCtx, stream: Duplex): void {
  const ssl = calls.SSL_new(ctx);
  if (ssl === null) throw new Error('no SSL');
  const transport = new StreamTransport(stream);
  calls.SSL_set_transport(ssl, transport);
  calls.SSL_set_accept_state(ssl);
  let over = false;
  const goOn = (): void => {
    if (over || wantsMore(calls, ssl)) return;
    over = true;
    calls.SSL_free(ssl);
    stream.end();
  };
  transport.onChange(goOn);
}

/** Goes as far as the bytes that are there. @returns whether the connection goes on */
function wantsMore(calls: Libssl, ssl: Ssl): boolean {
  calls.ERR_clear_error();
  for (;;) {
    const [result] = calls.SSL_read(ssl, readBytesMax); // does the handshake, too
    if (result > 0) continue;
    const error = calls.SSL_get_error(ssl, result);
    if (error === 'SSL_ERROR_WANT_READ') return true;
    if (error === 'SSL_ERROR_ZERO_RETURN') calls.SSL_shutdown(ssl);
    return false;
  }
}

/** A stream of the world as libssl's BIO: what came waits until it is read. */
class StreamTransport implements Transport {
  readonly #stream: Duplex;
  readonly #came: Uint8Array[] = [];
  #end: 'wait' | 'eof' | 'broken' = 'wait';

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  onChange(changed: () => void): void {
    this.#stream.on('data', (bytes: Uint8Array) => {
      this.#came.push(bytes);
      changed();
    });
    const ended = (end: 'eof' | 'broken') => () => {
      this.#end = end;
      changed();
    };
    this.#stream.on('end', ended('eof'));
    this.#stream.on('error', ended('broken'));
  }

  read(max: number): Uint8Array | 'wait' | 'eof' | 'broken' {
    const next = this.#came.shift();
    if (next === undefined) return this.#end;
    if (next.length > max) this.#came.unshift(next.subarray(max));
    return next.subarray(0, max);
  }

  write(bytes: Uint8Array): number | 'broken' {
    if (this.#stream.destroyed || this.#end === 'broken') return 'broken';
    this.#stream.write(Uint8Array.from(bytes));
    return bytes.length;
  }
}
