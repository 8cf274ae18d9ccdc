/** From a call of a program to C: one table, a row for each call that can be said in C. */
import { type Argument, calls, type HandleKind, type ReturnKind } from '../program/index.js';

/** A step with its arguments as C text: bytes fill a pointer and a length. */
export interface CStep {
  readonly call: string;
  readonly args: readonly CArgument[];
  /** The variable that takes the result. */
  readonly variable: string | undefined;
  /** A C string literal of the name that the program has for it, or NULL. */
  readonly name: string;
}

export interface CArgument {
  readonly text: string;
  /** Of bytes. */
  readonly length?: string;
  readonly argument: Argument;
}

/** The statements of a step: the call, and what tells its outcome. */
export type CStatements = (step: CStep) => readonly string[];

/** C text of all arguments, in their order. */
function listed(args: readonly CArgument[]): string {
  return args.flatMap(({ text, length }) => (length === undefined ? [text] : [text, length])).join(', ');
}

function callText({ call, args }: CStep): string {
  return `${call}(${listed(args)})`;
}

const kinds = { ctx: 'CTX', ssl: 'CONNECTION', session: 'SESSION' } as const;

/** The C function of the same name with the arguments as they come, by what it returns. */
const plain: Readonly<Partial<Record<ReturnKind, CStatements>>> = {
  ctx: (step) => object('ctx', step, callText(step)),
  ssl: (step) => object('ssl', step, callText(step)),
  session: (step) => object('session', step, callText(step)),
  void: (step) => [`${callText(step)};`, 'returned_nothing();'],
  number: (step) => [`ret = ${callText(step)};`, 'returned(ret);'],
  time: (step) => [`ret = ${callText(step)};`, 'returned_time(ret);'],
  text: (step) => [`text = ${callText(step)};`, 'returned_text(text);'],
};

function object(kind: HandleKind, { variable, name }: CStep, call: string): readonly string[] {
  const place = variable ?? unnamed(kind);
  return [`${place} = ${call};`, `returned_object(${kinds[kind]}, ${place}, ${name});`];
}

/** The variable of a result that the program has no name for. */
export function unnamed(kind: HandleKind): string {
  return `unnamed_${kind}`;
}

const unsigned: CStatements = (step) => [`number = ${callText(step)};`, 'returned_unsigned(number);'];

/** A call that SSL_get_error judges when it fails. */
function judged(failed: string): CStatements {
  return (step) => [
    `ret = ${callText(step)};`,
    `if (ret ${failed})`,
    `    judge(${step.args[0]?.text ?? ''}, ret);`,
    'returned(ret);',
  ];
}

function taken({ variable }: CStep): readonly string[] {
  return variable === undefined ? [] : [`${variable} = copy_of(data, length);`];
}

const bytesOfSession: CStatements = (step) => [
  `data = ${step.call}(${listed(step.args)}, &length);`,
  ...taken(step),
  'returned_bytes(data, length);',
];

const done: CStatements = (step) => [`${callText(step)};`, 'returned(1);'];

/** More than one record is never read at once. */
const readBytesMax = 65_536;
/** What `SSL_read` asks for where the program does not say. */
const readBytesDefault = 16_384;

const special: Readonly<Record<string, CStatements>> = {
  SSL_CTX_new: (step) => object('ctx', step, `SSL_CTX_new(${listed(step.args)}())`),
  SSL_CTX_set_verify: (step) => [`SSL_CTX_set_verify(${listed(step.args)}, NULL);`, 'returned_nothing();'],
  SSL_CTX_set_options: unsigned,
  SSL_CTX_clear_options: unsigned,
  SSL_set_options: unsigned,
  SSL_SESSION_get_ticket_lifetime_hint: unsigned,
  SSL_do_handshake: judged('<= 0'),
  SSL_shutdown: judged('< 0'),
  SSL_write: ({ args: [ssl, bytes] }) => [
    `ret = SSL_write(${ssl?.text}, at_one_place(${bytes?.text}, ${bytes?.length}),`,
    `                ${bytes?.length});`,
    'if (ret <= 0)',
    `    judge(${ssl?.text}, ret);`,
    'returned(ret);',
  ],
  SSL_read: ({ args: [ssl, max] }) => [
    `ret = SSL_read(${ssl?.text}, input, ${readLength(max)});`,
    'if (ret <= 0)',
    `    judge(${ssl?.text}, ret);`,
    'returned_read(ret);',
  ],
  SSL_new_session_ticket: (step) => [
    '#if OPENSSL_VERSION_NUMBER >= 0x30000000L',
    `ret = ${callText(step)};`,
    'returned(ret);',
    '#else',
    'no_such_function();',
    '#endif',
  ],
  SSL_SESSION_get_id: bytesOfSession,
  SSL_SESSION_get0_id_context: bytesOfSession,
  i2d_SSL_SESSION: (step) => [
    'encoded = NULL;',
    `ret = i2d_SSL_SESSION(${listed(step.args)}, &encoded);`,
    ...(step.variable === undefined ? [] : [`${step.variable} = copy_of(encoded, ret);`]),
    'returned_bytes(encoded, ret);',
    'OPENSSL_free(encoded);',
  ],
  d2i_SSL_SESSION: (step) => [
    `data = ${step.args[0]?.text};`,
    ...object('session', step, `d2i_SSL_SESSION(NULL, &data, ${step.args[0]?.length})`),
  ],
  sim_use_certificate: done,
  sim_pair: done,
  sim_handshake: (step) => [`text = ${callText(step)};`, 'returned_text(text);'],
  sim_exchange: (step) => [`sim_exchange(${listed(step.args)}, turns);`, 'returned_list(turns, 2);'],
  sim_close: (step) => [`sim_close(${listed(step.args)}, turns);`, 'returned_list(turns, 3);'],
  sim_cut: done,
  sim_corrupt: done,
  sim_on_new: done,
  sim_on_remove: done,
  sim_on_get: done,
};

/** Calls whose C function takes what the program gives, and returns what the observation shows. */
const plainCalls: readonly string[] = [
  'SSL_CTX_up_ref',
  'SSL_CTX_free',
  'SSL_CTX_set_session_cache_mode',
  'SSL_CTX_get_session_cache_mode',
  'SSL_CTX_sess_set_cache_size',
  'SSL_CTX_sess_get_cache_size',
  'SSL_CTX_set_timeout',
  'SSL_CTX_get_timeout',
  'SSL_CTX_add_session',
  'SSL_CTX_remove_session',
  'SSL_CTX_flush_sessions',
  'SSL_CTX_set_session_id_context',
  'SSL_CTX_set_min_proto_version',
  'SSL_CTX_set_max_proto_version',
  'SSL_CTX_set_num_tickets',
  'SSL_CTX_set_ciphersuites',
  'SSL_CTX_set1_groups_list',
  'SSL_CTX_set_post_handshake_auth',
  'SSL_CTX_set_quiet_shutdown',
  'SSL_new',
  'SSL_up_ref',
  'SSL_free',
  'SSL_clear',
  'SSL_dup',
  'SSL_set_SSL_CTX',
  'SSL_set_session',
  'SSL_get_session',
  'SSL_get1_session',
  'SSL_session_reused',
  'SSL_copy_session_id',
  'SSL_set_session_id_context',
  'SSL_set_connect_state',
  'SSL_set_accept_state',
  'SSL_set_tlsext_host_name',
  'SSL_set_quiet_shutdown',
  'SSL_set_shutdown',
  'SSL_get_shutdown',
  'SSL_renegotiate',
  'SSL_key_update',
  'SSL_set_post_handshake_auth',
  'SSL_verify_client_post_handshake',
  'SSL_set_num_tickets',
  'SSL_get_num_tickets',
  'SSL_is_init_finished',
  'SSL_in_before',
  'SSL_version',
  'SSL_SESSION_new',
  'SSL_SESSION_up_ref',
  'SSL_SESSION_free',
  'SSL_SESSION_dup',
  'SSL_SESSION_set1_id',
  'SSL_SESSION_set1_id_context',
  'SSL_SESSION_get_time',
  'SSL_SESSION_set_time',
  'SSL_SESSION_get_timeout',
  'SSL_SESSION_set_timeout',
  'SSL_SESSION_is_resumable',
  'SSL_SESSION_has_ticket',
  'SSL_SESSION_get0_hostname',
  'SSL_SESSION_set1_hostname',
  'SSL_SESSION_get_protocol_version',
  'SSL_SESSION_set_protocol_version',
  'SSL_SESSION_set1_master_key',
  'SSL_SESSION_get_max_early_data',
  'SSL_SESSION_set_max_early_data',
];

/** How a call is said in C; undefined where it is not. */
export function statementsOf(call: string): CStatements | undefined {
  if (Object.hasOwn(special, call)) return special[call];
  const returns = calls.get(call)?.returns;
  return plainCalls.includes(call) && returns !== undefined ? plain[returns] : undefined;
}

function readLength(max: CArgument | undefined): string {
  if (max === undefined) return String(readBytesDefault);
  const { argument, text } = max;
  return argument.kind === 'number' && argument.value > readBytesMax ? String(readBytesMax) : text;
}
