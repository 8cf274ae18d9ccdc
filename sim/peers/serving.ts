/** One connection of `simtls serve`: handshake, then an answer to every GET, until the client says that it is done. */
import type { Libssl, SslCtx } from '../../src/index.js';
import { type Conduct, garbageRecord, plainAnswer } from '../emulator/index.js';
import { ConnectionFailure } from './error.js';
import { type HttpRequest, httpAnswer, RequestReader } from './http.js';
import type { SecureSocket } from './secure-socket.js';
import { alpnLine, earlyDataLine, sessionLine } from './words.js';

export interface ServingOptions {
  readonly library: Libssl;
  readonly ctx: SslCtx;
  readonly conduct: Conduct;
  /** Asks for a new handshake (HelloRequest) before each answer. */
  readonly renegotiate: boolean;
  /** Updates the keys (TLS 1.3) before each answer. */
  readonly keyUpdate: boolean;
  /** Takes early data, which goes there. */
  readonly earlyData?: (bytes: Uint8Array) => void;
  readonly print: (line: string) => void;
  /** Decision lines of this connection so far. */
  readonly decisions: readonly string[];
}

/** Serves to the end and says how it came. Never throws what a peer can cause. */
export async function serveConnection(secure: SecureSocket, options: ServingOptions): Promise<void> {
  const { conduct, print } = options;
  try {
    const how = await converse(secure, options);
    if (how === 'reset') {
      await secure.reset();
      print('reset');
      return;
    }
    print(`closed: ${how}`);
  } catch (cause) {
    if (!(cause instanceof ConnectionFailure)) {
      await secure.end({ closeNotify: 'left out' });
      throw cause;
    }
    print(`closed: ${cause.message}`);
  }
  await secure.end({ closeNotify: conduct.closeNotify ?? 'sent' });
}

/** @returns how it ended, in a word or two; `reset`: it is to be ended with RST */
async function converse(secure: SecureSocket, options: ServingOptions): Promise<string> {
  const { conduct, library, print } = options;
  if (conduct.hello !== undefined) return insteadOfHandshake(secure, conduct.hello);
  if (options.earlyData !== undefined) {
    for (const bytes of await secure.readEarly()) options.earlyData(bytes);
  }
  await secure.handshake();
  print(sessionLine(library, secure.ssl));
  const earlyData = options.earlyData === undefined ? undefined : earlyDataLine(library, secure.ssl);
  if (earlyData !== undefined) print(earlyData);
  if (conduct.established === 'reset') return 'reset';
  if (conduct.established === 'garbage record') secure.writeRaw(garbageRecord());
  if (conduct.established === 'stop reading') {
    secure.socket.pause();
    await secure.untilGone();
    return 'the client gave up';
  }
  const reader = new RequestReader();
  let answered = 0;
  for (;;) {
    const bytes = await secure.read();
    if (bytes === undefined) return 'close_notify';
    reader.push(bytes);
    for (let request = reader.next(); request !== undefined; request = reader.next()) {
      answered += 1;
      const last = await answer(secure, { request, number: answered, reader }, options);
      if (last !== undefined) return last;
    }
  }
}

async function insteadOfHandshake(secure: SecureSocket, what: NonNullable<Conduct['hello']>): Promise<string> {
  await secure.somethingArrived();
  switch (what) {
    case 'silence':
      await secure.untilGone();
      return 'the client gave up';
    case 'plain HTTP':
      secure.writeRaw(Buffer.from(plainAnswer));
      return 'answered in plain HTTP';
    case 'end':
      return 'ended at the ClientHello';
    case 'reset':
      return 'reset';
  }
}

/** @returns how the connection ends with this answer; undefined: it goes on */
async function answer(
  secure: SecureSocket,
  asked: { readonly request: HttpRequest | 'invalid'; readonly number: number; readonly reader: RequestReader },
  options: ServingOptions,
): Promise<string | undefined> {
  const { conduct, keyUpdate, library, print, renegotiate } = options;
  const { request, number, reader } = asked;
  if (request === 'invalid' || !/^(GET|HEAD)$/.test(request.method)) {
    print('request refused');
    await secure.write(httpAnswer({ status: '400 Bad Request', body: 'GET and HEAD alone\n', close: true }));
    return 'request refused';
  }
  print(`${request.method} ${request.path}`);
  if (conduct.answer === 'none') return undefined;
  if (renegotiate) {
    for (const bytes of await secure.askToRenegotiate()) reader.push(bytes);
    print(`renegotiated: ${sessionLine(library, secure.ssl)}`);
  }
  if (keyUpdate) {
    print('KEYUPDATE');
    await secure.updateKeys();
  }
  const bytes = httpAnswer({
    status: '200 OK',
    body: page(secure, number, options),
    close: request.close,
    head: request.method === 'HEAD',
  });
  await secure.write(conduct.answer === 'half of it' ? bytes.subarray(0, bytes.length >> 1) : bytes);
  if (conduct.afterAnswer === 'reset') return 'reset';
  if (conduct.afterAnswer === 'close') return 'after the answer';
  return request.close ? 'after the answer, as the client asked' : undefined;
}

function page(secure: SecureSocket, number: number, { library, ctx, decisions }: ServingOptions): string {
  const { ssl } = secure;
  const lines = [
    sessionLine(library, ssl),
    `version: ${library.SSL_get_version(ssl)}`,
    `cipher: ${library.SSL_get_cipher_name(ssl) ?? '(NONE)'}`,
    `session reused: ${library.SSL_session_reused(ssl) === 1 ? 'yes' : 'no'}`,
    `server name: ${library.SSL_get_servername(ssl) ?? 'none'}`,
    alpnLine(library, ssl),
    `client certificate: ${library.SSL_get0_peer_certificate(ssl) === null ? 'no' : 'yes'}`,
    `request on this connection: ${number}`,
    `sessions cached: ${library.SSL_CTX_sess_number(ctx)}`,
    ...decisions,
  ];
  return `${lines.join('\n')}\n`;
}
