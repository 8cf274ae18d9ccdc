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
type CKind = (typeof kinds)[HandleKind];

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

/** A function that came with a release. */
function since(version: string, made: CStatements): CStatements {
  return (step) => [
    `#if OPENSSL_VERSION_NUMBER >= ${version}`,
    ...made(step),
    '#else',
    'no_such_function();',
    '#endif',
  ];
}

const cipher: CStatements = (step) => [`cipher = ${callText(step)};`, 'returned_cipher(cipher);'];

/** A function that gives a pointer to bytes and their length. */
function pointedTo(pointer: 'data' | 'place', length: 'length' | 'size'): CStatements {
  return (step) => [
    `${pointer} = NULL;`,
    `${step.call}(${listed(step.args)}, &${pointer}, &${length});`,
    ...(step.variable === undefined ? [] : [`${step.variable} = copy_of(${pointer}, ${length});`]),
    `returned_bytes(${pointer}, ${length});`,
  ];
}

const done: CStatements = (step) => [`${callText(step)};`, 'returned(1);'];

/** The index is the test's own; its value is a pointer in C. */
function setsExData(kind: CKind): CStatements {
  return ({ call, args: [object, value] }) => [
    `ret = ${call}(${object?.text}, ex_data_of(${kind}), (void *)(size_t)${value?.text});`,
    'returned(ret);',
  ];
}

function getsExData(kind: CKind): CStatements {
  return ({ call, args: [object] }) => [
    `ret = (long)(size_t)${call}(${object?.text}, ex_data_of(${kind}));`,
    'returned(ret);',
  ];
}

/** tls1_tick_key_st: name, HMAC key, AES key. */
const ticketKeysBytes = 80;
/** No key is longer. */
const masterKeyBytesMax = 1024;
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
    `ret = SSL_write(${ssl?.text}, at_one_place(${bytes?.text}, ${bytes?.length}), ${bytes?.length});`,
    'if (ret <= 0)',
    `    judge(${ssl?.text}, ret);`,
    'returned(ret);',
  ],
  SSL_read: ({ args: [ssl, max] }) => [
    `ret = SSL_read(${ssl?.text}, input, ${readLength(max)});`,
    'if (ret <= 0)',
    `    judge(${ssl?.text}, ret);`,
    'returned_read(ret, ret);',
  ],
  SSL_write_early_data: ({ args: [ssl, bytes] }) => [
    `ret = SSL_write_early_data(${ssl?.text}, at_one_place(${bytes?.text}, ${bytes?.length}), ${bytes?.length}, &size);`,
    'if (ret == 0)',
    `    judge(${ssl?.text}, ret);`,
    'returned(ret);',
  ],
  SSL_read_early_data: ({ args: [ssl, max] }) => [
    'size = 0;',
    `ret = SSL_read_early_data(${ssl?.text}, input, ${readLength(max)}, &size);`,
    'if (ret == 0)',
    `    judge(${ssl?.text}, ret);`,
    'returned_read(ret, size);',
  ],
  SSL_new_session_ticket: since('0x30000000L', (step) => [`ret = ${callText(step)};`, 'returned(ret);']),
  SSL_SESSION_get_time_ex: since('0x30300000L', (step) => [`ret = ${callText(step)};`, 'returned_time(ret);']),
  SSL_SESSION_set_time_ex: since('0x30300000L', (step) => [`ret = ${callText(step)};`, 'returned_time(ret);']),
  SSL_SESSION_get_id: bytesOfSession,
  SSL_SESSION_get0_id_context: bytesOfSession,
  i2d_SSL_SESSION: (step) => [
    'encoded = NULL;',
    `ret = i2d_SSL_SESSION(${listed(step.args)}, &encoded);`,
    ...(step.variable === undefined ? [] : [`${step.variable} = copy_of(encoded, ret);`]),
    'returned_bytes(encoded, ret);',
    'OPENSSL_free(encoded);',
  ],
  d2i_SSL_SESSION: (step) => {
    const [bytes, into] = step.args;
    const isInto = into !== undefined && into.argument.kind !== 'null';
    return [
      `data = ${bytes?.text};`,
      ...(isInto ? [`into = ${into.text};`] : []),
      ...object('session', step, `d2i_SSL_SESSION(${isInto ? '&into' : 'NULL'}, &data, ${bytes?.length})`),
    ];
  },
  SSL_CTX_set_tlsext_ticket_keys: ({ args: [ctx, keys] }) => [
    `ret = SSL_CTX_set_tlsext_ticket_keys(${ctx?.text}, (void *)${keys?.text}, ${keys?.length});`,
    'returned(ret);',
  ],
  SSL_CTX_get_tlsext_ticket_keys: ({ args: [ctx], variable }) => [
    `SSL_CTX_get_tlsext_ticket_keys(${ctx?.text}, input, ${ticketKeysBytes});`,
    ...(variable === undefined ? [] : [`${variable} = copy_of(input, ${ticketKeysBytes});`]),
    `returned_bytes(input, ${ticketKeysBytes});`,
  ],
  SSL_set_ssl_method: ({ args: [ssl, method] }) => [
    `ret = SSL_set_ssl_method(${ssl?.text}, ${method?.text}());`,
    'returned(ret);',
  ],
  SSL_set_verify: (step) => [`SSL_set_verify(${listed(step.args)}, NULL);`, 'returned_nothing();'],
  SSL_get_current_cipher: cipher,
  SSL_SESSION_get0_cipher: cipher,
  SSL_SESSION_set_cipher: ({ args: [session, id] }) => [
    `ret = SSL_SESSION_set_cipher(${session?.text}, cipher_of(${id?.text}));`,
    'returned(ret);',
  ],
  SSL_get0_alpn_selected: pointedTo('data', 'length'),
  SSL_SESSION_get0_alpn_selected: pointedTo('data', 'size'),
  SSL_SESSION_get0_ticket: pointedTo('data', 'size'),
  SSL_SESSION_get0_ticket_appdata: pointedTo('place', 'size'),
  SSL_SESSION_get0_peer: ({ args: [session], variable }) => [
    'encoded = NULL;',
    `ret = i2d_X509(SSL_SESSION_get0_peer(${session?.text}), &encoded);`,
    ...(variable === undefined ? [] : ['if (encoded != NULL)', `    ${variable} = copy_of(encoded, ret);`]),
    'returned_certificate(encoded, ret);',
    'OPENSSL_free(encoded);',
  ],
  SSL_SESSION_get_master_key: ({ args: [session, max] }) => {
    const wanted = max?.text ?? String(masterKeyBytesMax);
    return [
      `ret = SSL_SESSION_get_master_key(${session?.text}, input, ${wanted});`,
      `returned_read(ret, ${wanted === '0' ? '0' : 'ret'});`,
    ];
  },
  SSL_SESSION_print_keylog: ({ args: [session] }) => [`text = keylog_of(${session?.text});`, 'returned_text(text);'],
  sim_use_certificate: done,
  sim_pair: done,
  sim_handshake: (step) => [`text = ${callText(step)};`, 'returned_text(text);'],
  sim_exchange: (step) => [`sim_exchange(${listed(step.args)}, turns);`, 'returned_list(turns, 2);'],
  sim_close: (step) => [`sim_close(${listed(step.args)}, turns);`, 'returned_list(turns, 3);'],
  sim_cut: done,
  sim_break: done,
  sim_capacity: done,
  sim_deliver: done,
  sim_inject: done,
  SSL_CTX_set_ex_data: setsExData('CTX'),
  SSL_set_ex_data: setsExData('CONNECTION'),
  SSL_SESSION_set_ex_data: setsExData('SESSION'),
  SSL_CTX_get_ex_data: getsExData('CTX'),
  SSL_get_ex_data: getsExData('CONNECTION'),
  SSL_SESSION_get_ex_data: getsExData('SESSION'),
  sim_ex_data: ({ args: [kind] }) => [`sim_ex_data(${kinds[kind?.text as HandleKind]});`, 'returned(1);'],
  sim_virtual_host: done,
  sim_psk: done,
  sim_alpn_select: done,
  sim_clock: ({ args: [seconds, milliseconds] }) => [
    `sim_clock(${seconds?.text}, ${milliseconds?.text ?? '0'});`,
    'returned(1);',
  ],
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
  'SSL_CTX_set_cipher_list',
  'SSL_CTX_get_verify_mode',
  'SSL_CTX_set_max_early_data',
  'SSL_CTX_get_max_early_data',
  'SSL_CTX_set_recv_max_early_data',
  'SSL_CTX_get_recv_max_early_data',
  'SSL_CTX_set_alpn_protos',
  'SSL_get_SSL_CTX',
  'SSL_has_matching_session_id',
  'SSL_get_verify_result',
  'SSL_set_cipher_list',
  'SSL_set_ciphersuites',
  'SSL_renegotiate_abbreviated',
  'SSL_set_max_early_data',
  'SSL_get_max_early_data',
  'SSL_get_early_data_status',
  'SSL_get_servername',
  'SSL_get_servername_type',
  'SSL_SESSION_get_compress_id',
  'SSL_SESSION_set1_alpn_selected',
  'SSL_SESSION_set1_ticket_appdata',
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
