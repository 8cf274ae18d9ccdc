/** The calls that make a context as a scenario wants it. */
import type { Argument } from '../plan/index.js';
import { checkChoice, checkOptions } from './error.js';

/** The versions of TLS that a context takes: one alone, or all that its OpenSSL takes where nobody says otherwise. */
export type Tls = '1.2' | '1.3' | 'any';

/** The keys of the test certificates. */
export type TestKey = 'ec-p256' | 'rsa-2048' | 'ed25519';

export interface ContextOptions {
  /** Of the name in the process; numbered where none is given. */
  readonly name?: string;
  /** As the scenario has it, where nothing is said. */
  readonly tls?: Tls;
  readonly method?: 'TLS_client_method' | 'TLS_server_method' | 'TLS_method';
  /** Bits of SSL_CTX_set_session_cache_mode(3), as its manual names them. */
  readonly cache?: string;
  readonly cacheSize?: number;
  readonly timeoutSeconds?: number;
  /** Bits of SSL_CTX_set_options(3). */
  readonly options?: string;
  /** Tickets of a full handshake of TLS 1.3: SSL_CTX_set_num_tickets(3). */
  readonly numTickets?: number;
  /**
   * Bytes of early data that a server's tickets allow (`max`), that it takes whatever they allow (`receivedMax`), and whether they open
   * once (`antiReplay`: they do, unless told).
   */
  readonly earlyData?: { readonly max: number; readonly receivedMax?: number; readonly antiReplay?: boolean };
  /** A key from elsewhere and its name: who has it `shared` under the same name has the same key. That of the identity, unless told. */
  readonly psk?: { readonly identity: string; readonly shared?: string };
  /** At most 32 characters: SSL_CTX_set_session_id_context(3). */
  readonly sessionIdContext?: string;
  /** Shows the test certificate, or the one with another key: `rsa-2048` or `ed25519`, as somebody else. */
  readonly certificate?: boolean | TestKey;
  /**
   * The peer must show a certificate that the context trusts: the test certificate, which servers have. `late`: a client, when the server
   * asks for it after the handshake.
   */
  readonly verify?: boolean | 'late';
  /** The keys of the test certificates that it trusts, where it verifies: `ec-p256` alone, unless told. */
  readonly trusts?: readonly TestKey[];
  /** A client lets itself be asked for its certificate after the handshake: SSL_CTX_set_post_handshake_auth(3). */
  readonly lateAuthentication?: boolean;
}

const known: Readonly<Record<keyof ContextOptions, true>> = {
  name: true,
  tls: true,
  method: true,
  cache: true,
  cacheSize: true,
  timeoutSeconds: true,
  options: true,
  numTickets: true,
  earlyData: true,
  psk: true,
  sessionIdContext: true,
  certificate: true,
  verify: true,
  trusts: true,
  lateAuthentication: true,
};

type ContextCall = readonly [call: string, ...args: Argument[]];

const versionCalls: Readonly<Record<Tls, readonly ContextCall[]>> = {
  '1.2': [['SSL_CTX_set_max_proto_version', 'TLS1_2_VERSION']],
  '1.3': [['SSL_CTX_set_min_proto_version', 'TLS1_3_VERSION']],
  any: [],
};

/** @throws ScenarioError for what is none of the versions */
export function checkTls(tls: Tls): void {
  checkChoice('tls', tls, Object.keys(versionCalls));
}

/**
 * What follows SSL_CTX_new, in order: the context is each call's first argument.
 * @param tls - what it takes where the options do not say
 * @throws ScenarioError for options that there are not
 */
export function contextCalls(options: ContextOptions, tls: Tls): readonly ContextCall[] {
  checkOptions('a context', options, known);
  checkTls(options.tls ?? tls);
  checkChoice('verify', options.verify ?? false, [true, false, 'late']);
  checkChoice('certificate', options.certificate ?? false, [true, false, 'ec-p256', 'rsa-2048', 'ed25519']);
  const calls: ContextCall[] = [...versionCalls[options.tls ?? tls]];
  if (options.certificate === true) calls.push(['sim_use_certificate']);
  else if (typeof options.certificate === 'string') calls.push(['credential', { key: options.certificate }]);
  if (options.cache !== undefined) calls.push(['SSL_CTX_set_session_cache_mode', options.cache]);
  if (options.cacheSize !== undefined) calls.push(['SSL_CTX_sess_set_cache_size', options.cacheSize]);
  if (options.timeoutSeconds !== undefined) calls.push(['SSL_CTX_set_timeout', options.timeoutSeconds]);
  if (options.options !== undefined) calls.push(['SSL_CTX_set_options', options.options]);
  if (options.numTickets !== undefined) calls.push(['SSL_CTX_set_num_tickets', options.numTickets]);
  if (options.earlyData !== undefined) calls.push(['early_data', options.earlyData]);
  if (options.psk !== undefined) {
    const { identity, shared = identity } = options.psk;
    calls.push(['psk', { identity, shared }]);
  }
  if (options.sessionIdContext !== undefined) {
    calls.push(['SSL_CTX_set_session_id_context', { text: options.sessionIdContext }]);
  }
  if (options.verify === true || options.verify === 'late') {
    const late = options.verify === 'late' ? '|SSL_VERIFY_POST_HANDSHAKE' : '';
    calls.push(options.trusts === undefined ? ['trust'] : ['trust', { keys: options.trusts }], [
      'SSL_CTX_set_verify',
      `SSL_VERIFY_PEER|SSL_VERIFY_FAIL_IF_NO_PEER_CERT${late}`,
    ]);
  }
  if (options.lateAuthentication === true) calls.push(['SSL_CTX_set_post_handshake_auth', 1]);
  return calls;
}
