/** The calls of a program: what each takes, what it returns, and the rules of misuse that it falls under. */

import type { CallbackName } from '../stacks/index.js';

/** `?` after a handle's kind: the C function takes NULL there. */
export type ArgumentKind =
  | HandleKind
  | 'session?'
  | 'ctx?'
  | 'ssl?'
  /** A context, or a connection where C has the callback for one. */
  | 'ctx|ssl'
  | 'int'
  | 'uint32'
  | 'long'
  | 'uint64'
  /** size_t, held to 0 … ticketsMax. */
  | 'tickets'
  /** By how much a clock moves: within ± `clockSecondsMax`, and 0 … 999. */
  | 'seconds'
  | 'milliseconds'
  /** size_t, held to 0 … `lengthMax`. */
  | 'length'
  /** time_t in seconds: a number, or relative to now. */
  | 'time'
  /** Pointer and length. */
  | 'bytes'
  /** A C string. */
  | 'text'
  | 'method'
  | 'anyMethod'
  /** An SSL_CIPHER by its id, out of `cipherNames`. */
  | 'cipher'
  /** The kind of objects that `sim_ex_data` records: one of `objectKinds`. */
  | 'objectKind'
  /** A C string, not NULL. */
  | 'name'
  /** Names of protocols with commas between, as ALPN has them. */
  | 'protocols'
  /** Bytes under way: 0 … `transportBytesMax`. */
  | 'count'
  | 'boolean'
  | 'getMode'
  /** What `sim_on` installs. */
  | 'callback';

export type HandleKind = 'ctx' | 'ssl' | 'session';

/** `read`: the return value and the bytes read. `outcome`: the word or the numbers of a `sim_…` call. */
export type ReturnKind = HandleKind | 'void' | 'number' | 'time' | 'bytes' | 'text' | 'read' | 'outcome';

export interface CallShape {
  readonly args: readonly ArgumentKind[];
  /** How many of `args` must be given; all, unless said. */
  readonly required?: number;
  readonly returns: ReturnKind;
  /** It reads or writes records: refused on a connection whose session was changed under it. */
  readonly io?: true;
  /** What the program holds afterwards that it did not hold before: a reference to the result, or to the first argument. */
  readonly takes?: 'result' | 'first';
  /** It gives back a reference of the program to its first argument. */
  readonly frees?: true;
  /** It has `steps` and `returns`: what a callback does. */
  readonly takesBody?: true;
}

/** The largest number of tickets that a program may ask for. */
export const ticketsMax = 1000;

/** How far one `sim_clock` moves a clock at most, either way: 20 years. */
export const clockSecondsMax: number = 20 * 365 * 86_400;

/** What a call may be told to read at most: more than a record. */
export const lengthMax = 65_536;

/** What a transport may be told to take, or to bring. */
export const transportBytesMax: number = 2 ** 31 - 1;

/** The part of a second. */
export const clockMillisecondsMax = 999;

/** The methods that `SSL_CTX_new` takes. */
export const methodNames: readonly string[] = ['TLS_method', 'TLS_client_method', 'TLS_server_method'];

/** What `sim_on` installs: callbacks by their kinds, with what each is given. */
export const callbackShapes: Readonly<Record<CallbackName, CallbackShape>> = {
  new: { given: ['@ctx', '@ssl', '@session'], returns: 'number' },
  remove: { given: ['@ctx', '@session'], returns: 'nothing' },
  get: { given: ['@ctx', '@ssl'], returns: 'session' },
  servername: { given: ['@ctx', '@ssl'], returns: 'number' },
  'ticket-key': { given: ['@ctx', '@ssl'], returns: 'ticket keys' },
  'ticket-generate': { given: ['@ctx', '@ssl'], returns: 'number' },
  'ticket-decrypt': { given: ['@ctx', '@ssl', '@session'], returns: 'ticket verdict' },
  'generate-id': { given: ['@ctx', '@ssl'], returns: 'id', perConnection: true },
  'not-resumable': { given: ['@ctx', '@ssl'], returns: 'number', perConnection: true },
  verify: { given: ['@ctx', '@ssl'], returns: 'verdict', perConnection: true, tells: true },
  info: { given: ['@ctx', '@ssl'], returns: 'nothing', perConnection: true, tells: true },
  read: { given: ['@ctx', '@ssl'], returns: 'nothing', perConnection: 'alone', tells: true },
  write: { given: ['@ctx', '@ssl'], returns: 'nothing', perConnection: 'alone', tells: true },
};

export interface CallbackShape {
  readonly given: readonly ('@ctx' | '@ssl' | '@session')[];
  readonly returns: 'nothing' | 'number' | 'session' | 'ticket keys' | 'ticket verdict' | 'id' | 'verdict';
  /** C has it for a connection too; or for connections alone. */
  readonly perConnection?: true | 'alone';
  /** The line says of which connection it was, and what else C gave, where that is numbers. */
  readonly tells?: true;
}

export const callbackNames: readonly string[] = Object.keys(callbackShapes);

/** What `sim_on_get` may answer: nothing, a session with the copy flag 1, or one with 0. */
export const getModes: readonly string[] = ['miss', 'copy', 'nocopy'];

/** And those that `SSL_set_ssl_method` takes. */
export const anyMethodNames: readonly string[] = [...methodNames, 'TLSv1_2_method'];

/** Kinds of objects, as the lines of a program name them. */
export const objectKinds: readonly string[] = ['ctx', 'ssl', 'session'];

const contexts: Readonly<Record<string, CallShape>> = {
  SSL_CTX_new: { args: ['method'], returns: 'ctx', takes: 'result' },
  SSL_CTX_up_ref: { args: ['ctx'], returns: 'number', takes: 'first' },
  SSL_CTX_free: { args: ['ctx?'], returns: 'void', frees: true },
  SSL_CTX_set_session_cache_mode: { args: ['ctx', 'long'], returns: 'number' },
  SSL_CTX_get_session_cache_mode: { args: ['ctx'], returns: 'number' },
  SSL_CTX_sess_set_cache_size: { args: ['ctx', 'long'], returns: 'number' },
  SSL_CTX_sess_get_cache_size: { args: ['ctx'], returns: 'number' },
  SSL_CTX_set_timeout: { args: ['ctx', 'long'], returns: 'number' },
  SSL_CTX_get_timeout: { args: ['ctx'], returns: 'number' },
  SSL_CTX_add_session: { args: ['ctx', 'session'], returns: 'number' },
  SSL_CTX_remove_session: { args: ['ctx', 'session?'], returns: 'number' },
  SSL_CTX_flush_sessions: { args: ['ctx', 'time'], returns: 'void' },
  SSL_CTX_set_session_id_context: { args: ['ctx', 'bytes'], returns: 'number' },
  SSL_CTX_set_options: { args: ['ctx', 'uint64'], returns: 'number' },
  SSL_CTX_clear_options: { args: ['ctx', 'uint64'], returns: 'number' },
  SSL_CTX_set_min_proto_version: { args: ['ctx', 'int'], returns: 'number' },
  SSL_CTX_set_max_proto_version: { args: ['ctx', 'int'], returns: 'number' },
  SSL_CTX_set_num_tickets: { args: ['ctx', 'tickets'], returns: 'number' },
  SSL_CTX_set_cipher_list: { args: ['ctx', 'text'], returns: 'number' },
  SSL_CTX_set_ciphersuites: { args: ['ctx', 'text'], returns: 'number' },
  SSL_CTX_set1_groups_list: { args: ['ctx', 'text'], returns: 'number' },
  SSL_CTX_set_post_handshake_auth: { args: ['ctx', 'int'], returns: 'void' },
  SSL_CTX_set_quiet_shutdown: { args: ['ctx', 'int'], returns: 'void' },
  SSL_CTX_set_verify: { args: ['ctx', 'int'], returns: 'void' },
  SSL_CTX_get_verify_mode: { args: ['ctx'], returns: 'number' },
  SSL_CTX_set_max_early_data: { args: ['ctx', 'uint32'], returns: 'number' },
  SSL_CTX_get_max_early_data: { args: ['ctx'], returns: 'number' },
  SSL_CTX_set_recv_max_early_data: { args: ['ctx', 'uint32'], returns: 'number' },
  SSL_CTX_get_recv_max_early_data: { args: ['ctx'], returns: 'number' },
  SSL_CTX_set_ex_data: { args: ['ctx', 'uint32'], returns: 'number' },
  SSL_CTX_get_ex_data: { args: ['ctx'], returns: 'number' },
  SSL_CTX_set_tlsext_ticket_keys: { args: ['ctx', 'bytes'], returns: 'number' },
  SSL_CTX_get_tlsext_ticket_keys: { args: ['ctx'], returns: 'bytes' },
  SSL_CTX_set_alpn_protos: { args: ['ctx', 'protocols'], returns: 'number' },
};

const connections: Readonly<Record<string, CallShape>> = {
  SSL_new: { args: ['ctx'], returns: 'ssl', takes: 'result' },
  SSL_up_ref: { args: ['ssl'], returns: 'number', takes: 'first' },
  SSL_free: { args: ['ssl?'], returns: 'void', frees: true },
  SSL_clear: { args: ['ssl'], returns: 'number' },
  SSL_dup: { args: ['ssl'], returns: 'ssl', takes: 'result' },
  SSL_set_SSL_CTX: { args: ['ssl', 'ctx'], returns: 'ctx' },
  SSL_set_session: { args: ['ssl', 'session?'], returns: 'number' },
  SSL_get_session: { args: ['ssl'], returns: 'session' },
  SSL_get1_session: { args: ['ssl'], returns: 'session', takes: 'result' },
  SSL_session_reused: { args: ['ssl'], returns: 'number' },
  SSL_copy_session_id: { args: ['ssl', 'ssl'], returns: 'number' },
  SSL_set_session_id_context: { args: ['ssl', 'bytes'], returns: 'number' },
  SSL_set_connect_state: { args: ['ssl'], returns: 'void' },
  SSL_set_accept_state: { args: ['ssl'], returns: 'void' },
  SSL_set_tlsext_host_name: { args: ['ssl', 'text'], returns: 'number' },
  SSL_get_servername: { args: ['ssl', 'int'], returns: 'text' },
  SSL_get_servername_type: { args: ['ssl'], returns: 'number' },
  SSL_set_options: { args: ['ssl', 'uint64'], returns: 'number' },
  SSL_set_quiet_shutdown: { args: ['ssl', 'int'], returns: 'void' },
  SSL_set_shutdown: { args: ['ssl', 'int'], returns: 'void' },
  SSL_get_shutdown: { args: ['ssl'], returns: 'number' },
  SSL_shutdown: { args: ['ssl'], returns: 'number', io: true },
  SSL_do_handshake: { args: ['ssl'], returns: 'number', io: true },
  SSL_write: { args: ['ssl', 'bytes'], returns: 'number', io: true },
  SSL_read: { args: ['ssl', 'int'], required: 1, returns: 'read', io: true },
  SSL_renegotiate: { args: ['ssl'], returns: 'number', io: true },
  SSL_key_update: { args: ['ssl', 'int'], returns: 'number', io: true },
  SSL_new_session_ticket: { args: ['ssl'], returns: 'number', io: true },
  SSL_set_post_handshake_auth: { args: ['ssl', 'int'], returns: 'void' },
  SSL_verify_client_post_handshake: { args: ['ssl'], returns: 'number', io: true },
  SSL_set_num_tickets: { args: ['ssl', 'tickets'], returns: 'number' },
  SSL_get_num_tickets: { args: ['ssl'], returns: 'number' },
  SSL_is_init_finished: { args: ['ssl'], returns: 'number' },
  SSL_in_before: { args: ['ssl'], returns: 'number' },
  SSL_version: { args: ['ssl'], returns: 'number' },
  SSL_set_ex_data: { args: ['ssl', 'uint32'], returns: 'number' },
  SSL_get_ex_data: { args: ['ssl'], returns: 'number' },
  SSL_get_SSL_CTX: { args: ['ssl'], returns: 'ctx' },
  SSL_set_ssl_method: { args: ['ssl', 'anyMethod'], returns: 'number' },
  SSL_has_matching_session_id: { args: ['ssl', 'bytes'], returns: 'number' },
  SSL_get_verify_result: { args: ['ssl'], returns: 'number' },
  SSL_set_verify: { args: ['ssl', 'int'], returns: 'void' },
  SSL_set_cipher_list: { args: ['ssl', 'text'], returns: 'number' },
  SSL_set_ciphersuites: { args: ['ssl', 'text'], returns: 'number' },
  SSL_get_current_cipher: { args: ['ssl'], returns: 'number' },
  SSL_get0_alpn_selected: { args: ['ssl'], returns: 'bytes' },
  SSL_renegotiate_abbreviated: { args: ['ssl'], returns: 'number', io: true },
  SSL_set_max_early_data: { args: ['ssl', 'uint32'], returns: 'number' },
  SSL_get_max_early_data: { args: ['ssl'], returns: 'number' },
  SSL_write_early_data: { args: ['ssl', 'bytes'], returns: 'number', io: true },
  SSL_read_early_data: { args: ['ssl', 'length'], required: 1, returns: 'read', io: true },
  SSL_get_early_data_status: { args: ['ssl'], returns: 'number' },
};

const sessions: Readonly<Record<string, CallShape>> = {
  SSL_SESSION_new: { args: [], returns: 'session', takes: 'result' },
  SSL_SESSION_up_ref: { args: ['session'], returns: 'number', takes: 'first' },
  SSL_SESSION_free: { args: ['session?'], returns: 'void', frees: true },
  SSL_SESSION_dup: { args: ['session'], returns: 'session', takes: 'result' },
  SSL_SESSION_get_id: { args: ['session'], returns: 'bytes' },
  SSL_SESSION_set1_id: { args: ['session', 'bytes'], returns: 'number' },
  SSL_SESSION_get0_id_context: { args: ['session'], returns: 'bytes' },
  SSL_SESSION_set1_id_context: { args: ['session', 'bytes'], returns: 'number' },
  SSL_SESSION_get_time: { args: ['session?'], returns: 'time' },
  SSL_SESSION_set_time: { args: ['session?', 'time'], returns: 'time' },
  SSL_SESSION_get_timeout: { args: ['session?'], returns: 'number' },
  SSL_SESSION_set_timeout: { args: ['session?', 'long'], returns: 'number' },
  SSL_SESSION_is_resumable: { args: ['session'], returns: 'number' },
  SSL_SESSION_has_ticket: { args: ['session'], returns: 'number' },
  SSL_SESSION_get_ticket_lifetime_hint: { args: ['session'], returns: 'number' },
  SSL_SESSION_get0_hostname: { args: ['session'], returns: 'text' },
  SSL_SESSION_set1_hostname: { args: ['session', 'text'], returns: 'number' },
  SSL_SESSION_get_protocol_version: { args: ['session'], returns: 'number' },
  SSL_SESSION_set_protocol_version: { args: ['session', 'int'], returns: 'number' },
  SSL_SESSION_set1_master_key: { args: ['session', 'bytes'], returns: 'number' },
  SSL_SESSION_get_max_early_data: { args: ['session'], returns: 'number' },
  SSL_SESSION_set_max_early_data: { args: ['session', 'uint32'], returns: 'number' },
  i2d_SSL_SESSION: { args: ['session?'], returns: 'bytes' },
  d2i_SSL_SESSION: { args: ['bytes', 'session?'], required: 1, returns: 'session', takes: 'result' },
  SSL_SESSION_set_ex_data: { args: ['session', 'uint32'], returns: 'number' },
  SSL_SESSION_get_ex_data: { args: ['session'], returns: 'number' },
  SSL_SESSION_get0_cipher: { args: ['session'], returns: 'number' },
  SSL_SESSION_set_cipher: { args: ['session', 'cipher'], returns: 'number' },
  SSL_SESSION_get_time_ex: { args: ['session?'], returns: 'time' },
  SSL_SESSION_set_time_ex: { args: ['session?', 'time'], returns: 'time' },
  SSL_SESSION_get_master_key: { args: ['session', 'length'], required: 1, returns: 'read' },
  SSL_SESSION_get0_ticket: { args: ['session'], returns: 'bytes' },
  SSL_SESSION_get0_peer: { args: ['session'], returns: 'bytes' },
  SSL_SESSION_get_compress_id: { args: ['session'], returns: 'number' },
  SSL_SESSION_get0_alpn_selected: { args: ['session'], returns: 'bytes' },
  SSL_SESSION_set1_alpn_selected: { args: ['session', 'bytes'], returns: 'number' },
  SSL_SESSION_get0_ticket_appdata: { args: ['session'], returns: 'bytes' },
  SSL_SESSION_set1_ticket_appdata: { args: ['session', 'bytes'], returns: 'number' },
  SSL_SESSION_print_keylog: { args: ['session'], returns: 'text' },
};

/** Calls that the format adds, because C has no single function for them. */
const additions: Readonly<Record<string, CallShape>> = {
  sim_use_certificate: { args: ['ctx'], returns: 'number' },
  sim_pair: { args: ['ssl', 'ssl'], returns: 'number' },
  sim_handshake: { args: ['ssl', 'ssl'], returns: 'outcome', io: true },
  sim_exchange: { args: ['ssl', 'ssl'], returns: 'outcome', io: true },
  sim_close: { args: ['ssl', 'ssl'], returns: 'outcome', io: true },
  sim_cut: { args: ['ssl'], returns: 'number' },
  sim_break: { args: ['ssl'], returns: 'number' },
  sim_capacity: { args: ['ssl', 'count'], returns: 'number' },
  sim_deliver: { args: ['ssl', 'count'], returns: 'number' },
  sim_inject: { args: ['ssl', 'bytes'], returns: 'number' },
  sim_virtual_host: { args: ['ctx', 'name', 'ctx'], returns: 'number' },
  sim_psk: { args: ['ctx', 'bytes', 'session'], returns: 'number' },
  sim_alpn_select: { args: ['ctx', 'protocols'], returns: 'number' },
  sim_ex_data: { args: ['objectKind'], returns: 'number' },
  sim_clock: { args: ['seconds', 'milliseconds'], required: 1, returns: 'number' },
  sim_corrupt: { args: ['ssl'], returns: 'number' },
  sim_on_new: { args: ['ctx', 'boolean'], returns: 'number' },
  sim_on_remove: { args: ['ctx'], returns: 'number' },
  sim_on_get: { args: ['ctx', 'getMode'], returns: 'number' },
  sim_on: { args: ['ctx|ssl', 'callback'], returns: 'number', takesBody: true },
};

/** Every call by its name. */
export const calls: ReadonlyMap<string, CallShape> = new Map(
  Object.entries({ ...contexts, ...connections, ...sessions, ...additions }),
);

export interface HandleArgument {
  readonly kind: HandleKind;
  /** Another kind that it may be. */
  readonly or?: HandleKind;
  readonly nullable: boolean;
}

const handles: Readonly<Partial<Record<ArgumentKind, HandleArgument>>> = {
  ctx: { kind: 'ctx', nullable: false },
  ssl: { kind: 'ssl', nullable: false },
  session: { kind: 'session', nullable: false },
  'ctx?': { kind: 'ctx', nullable: true },
  'ssl?': { kind: 'ssl', nullable: true },
  'ctx|ssl': { kind: 'ctx', or: 'ssl', nullable: false },
  'session?': { kind: 'session', nullable: true },
};

/** The handle that a kind of argument takes, or undefined where it takes something else. */
export function handleOf(kind: ArgumentKind): HandleArgument | undefined {
  return handles[kind];
}

/** Whether a call returns something that `let` can name: a handle or bytes. */
export function isNamed(returns: ReturnKind): boolean {
  return returns === 'ctx' || returns === 'ssl' || returns === 'session' || returns === 'bytes';
}
